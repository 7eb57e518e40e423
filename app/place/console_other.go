//go:build !windows

package place

// LeaveConsole closes a console that the system opened for this program alone. Only
// Windows does that.
func LeaveConsole() {}
