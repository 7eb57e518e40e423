package place

import (
	"context"

	"golang.org/x/sys/windows"
)

// Language gives the language that the person chose in the system, as a tag like
// "nl-NL"; "" where it does not say.
func Language(context.Context) string {
	list, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0]
}
