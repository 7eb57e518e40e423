//go:build pictures

package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"camp/node/camp"
)

// TestPictures draws every screen into the folder CAMP_SHOTS, for people to look
// at: CAMP_SHOTS=/tmp/shots go test -tags pictures -run Pictures ./app/ui
func TestPictures(t *testing.T) {
	dir := os.Getenv("CAMP_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, c := range []struct {
		name, lang, theme string
		percent           int
		size              fyne.Size
		st                camp.State
	}{
		{"light-en-full", "en", "light", 100, fyne.NewSize(900, 620), fullState()},
		{"light-en-new", "en", "light", 100, fyne.NewSize(900, 620), newState()},
		{"dark-nl-full", "nl", "dark", 100, fyne.NewSize(720, 480), fullState()},
		{"light-nl-200", "nl", "light", 200, fyne.NewSize(1024, 768), fullState()},
	} {
		c.st.Settings.Theme, c.st.Settings.TextSize = c.theme, c.percent
		for name, open := range shots() {
			if len(c.st.People) == 1 && slices.Contains([]string{"person", "remove", "sayno", "really", "askback"}, name) { // nobody to do that with
				continue
			}
			snap(t, filepath.Join(dir, name+"-"+c.name+".png"), c.st, c.lang, c.size, open)
		}
		st := emptyState()
		st.Settings = c.st.Settings
		for name, open := range firstShots() {
			snap(t, filepath.Join(dir, name+"-"+c.name+".png"), st, c.lang, c.size, open)
		}
	}
}

func snap(t *testing.T, file string, st camp.State, lang string, size fyne.Size, open func(*bench)) {
	t.Run(filepath.Base(file), func(t *testing.T) {
		b := newBenchSized(t, st, lang, size)
		open(b)
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, b.win.Canvas().Capture()); err != nil {
			t.Fatal(err)
		}
	})
}
