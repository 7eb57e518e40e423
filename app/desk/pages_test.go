package desk

import (
	"context"
	"errors"
	"testing"

	"camp/node/camp"
)

// The pages that stand for the window are led to where there are any, and it is
// said where there are none.
func TestLinkToThePages(t *testing.T) {
	t.Parallel()
	visiting(t, t.TempDir()).refused(camp.Intent{Do: camp.DoPages}, "program.no_pages.say")
	var broken error
	k := keep(t, t.TempDir(), func(o *Options) {
		o.Hold = true
		o.Pages = func(context.Context) (string, error) { return "http://127.0.0.1:7/in/abc", broken }
	})
	if got := k.do(camp.Intent{Do: camp.DoPages}).URL; got != "http://127.0.0.1:7/in/abc" {
		t.Errorf("led to %q", got)
	}
	broken = errors.New("no port is free")
	k.refused(camp.Intent{Do: camp.DoPages}, "program.no_browser.say")
}
