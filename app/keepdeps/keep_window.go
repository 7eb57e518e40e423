//go:build keepwindow

package keepdeps

import _ "fyne.io/fyne/v2/app"
