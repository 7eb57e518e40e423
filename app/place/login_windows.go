package place

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const (
	runKey   = `Software\Microsoft\Windows\CurrentVersion\Run`
	runValue = "Camp"
)

// loginValue is an entry in the registry.
type loginValue struct{}

func (l Login) entry() (loginEntry, error) { return loginValue{}, nil }

func (loginValue) text(l Login) string {
	return windows.ComposeCommandLine(append([]string{l.Program}, l.Args...))
}

func (loginValue) read() (string, bool, error) {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("open the registry: %w", err)
	}
	defer func() { _ = k.Close() }()
	text, _, err := k.GetStringValue(runValue)
	if errors.Is(err, registry.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("read the entry: %w", err)
	}
	return text, true, nil
}

func (v loginValue) write(l Login) error {
	k, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return fmt.Errorf("open the registry: %w", err)
	}
	defer func() { _ = k.Close() }()
	return k.SetStringValue(runValue, v.text(l))
}

func (loginValue) remove() error {
	k, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if errors.Is(err, registry.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the registry: %w", err)
	}
	defer func() { _ = k.Close() }()
	if err := k.DeleteValue(runValue); err != nil && !errors.Is(err, registry.ErrNotExist) {
		return err
	}
	return nil
}
