package place

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
)

// HasBrowser reports whether Browse has a chance: every Windows has one.
func HasBrowser() bool { return true }

func browse(_ context.Context, link string) error {
	verb, err := windows.UTF16PtrFromString("open")
	if err != nil {
		return err
	}
	target, err := windows.UTF16PtrFromString(link)
	if err != nil {
		return err
	}
	if err := windows.ShellExecute(0, verb, target, nil, nil, windows.SW_SHOWNORMAL); err != nil {
		return fmt.Errorf("%w (%w)", ErrNoBrowser, err)
	}
	return nil
}
