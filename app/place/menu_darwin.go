package place

import "context"

func (m Menu) text() string                 { return "" }
func (m Menu) read() (string, bool, error)  { return "", false, nil }
func (m Menu) write(context.Context) error  { return ErrNoMenu }
func (m Menu) remove(context.Context) error { return nil }
