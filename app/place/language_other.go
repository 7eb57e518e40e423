//go:build !windows && !darwin

package place

// Language gives the language that the person chose in the system where the
// environment does not say it; "" where it does.
func Language() string { return "" }
