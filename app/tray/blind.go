//go:build unix && (!darwin || !cgo)

package tray

// blind is the bar where there is none.
type blind struct{}

func (blind) show(look) {}
