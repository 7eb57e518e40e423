package place

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// linkKey is where a person's own schemes of links are entered.
const linkKey = `Software\Classes\` + linkScheme

// text is the command that opens a link. What stands after "--" is never read as
// a flag, whatever a link says.
func (m Menu) text() string {
	return windows.ComposeCommandLine([]string{m.Program, "--"}) + ` "%1"`
}

func (m Menu) read() (string, bool, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, linkKey+`\shell\open\command`, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer func() { _ = k.Close() }()
	text, _, err := k.GetStringValue("")
	if errors.Is(err, registry.ErrNotExist) {
		return "", false, nil
	}
	return text, err == nil, err
}

func (m Menu) write(context.Context) error {
	for _, v := range []struct{ key, name, value string }{
		{linkKey, "", "URL:Camp"}, {linkKey, "URL Protocol", ""}, {linkKey + `\shell\open\command`, "", m.text()},
	} {
		k, _, err := registry.CreateKey(registry.CURRENT_USER, v.key, registry.SET_VALUE)
		if err != nil {
			return err
		}
		err = k.SetStringValue(v.name, v.value)
		if cerr := k.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m Menu) remove(context.Context) error {
	for _, key := range []string{linkKey + `\shell\open\command`, linkKey + `\shell\open`, linkKey + `\shell`, linkKey} {
		if err := registry.DeleteKey(registry.CURRENT_USER, key); err != nil && !errors.Is(err, registry.ErrNotExist) {
			return err
		}
	}
	return nil
}
