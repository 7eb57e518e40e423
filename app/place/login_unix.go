//go:build unix

package place

func (l Login) entry() (loginEntry, error) { return system().fileEntry() }
