package web

import (
	"context"
	"io"

	"camp/node/camp"
)

// laters are what was asked for later.
type laters struct{ late []camp.Intent }

func (p *fakeDesk) Saved(_ context.Context, in camp.Intent) (string, func(context.Context, io.Writer) error, error) {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, in)
	name := "camp-of " + in.Person + in.Page + ".zip"
	return name, func(_ context.Context, to io.Writer) error {
		_, err := io.WriteString(to, "archive of "+in.Person+in.Page)
		return err
	}, f.fault
}

func (p *fakeDesk) Later(in camp.Intent) error {
	f := (*fake)(p)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.late = append(f.late, in)
	return nil
}
