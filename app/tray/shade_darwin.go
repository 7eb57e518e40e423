//go:build cgo

package tray

// darkPanel does not matter: the menu bar takes the shape alone.
func darkPanel() bool { return false }
