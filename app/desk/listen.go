package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"camp/node/camp"
)

// maxHome bounds the camp's own home page as the check reads it, in bytes.
const maxHome = 4 << 20

// listen opens the loopback listeners: the first is the one that is named to
// people, a second serves [::1] where the system has it. A port of the system's
// choice is kept in the settings and tried first the next time.
func (d *Desk) listen(ctx context.Context) ([]net.Listener, error) {
	asked := d.opt.Web
	if asked == "" {
		asked = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(asked)
	if err != nil {
		return nil, camp.NewFault(camp.Invalid, "program.web_address.say", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	first, err := d.listenFirst(ctx, host, port)
	if err != nil {
		return nil, err
	}
	all := []net.Listener{first}
	if host == "127.0.0.1" {
		_, port, _ := net.SplitHostPort(first.Addr().String())
		var lc net.ListenConfig
		if second, err := lc.Listen(ctx, "tcp", net.JoinHostPort("::1", port)); err == nil {
			all = append(all, second)
		}
	}
	return all, nil
}

func (d *Desk) listenFirst(ctx context.Context, host, port string) (net.Listener, error) {
	var lc net.ListenConfig
	kept := d.keptWeb()
	if keptHost, _, err := net.SplitHostPort(kept); port == "0" && err == nil && keptHost == host {
		l, err := lc.Listen(ctx, "tcp", kept)
		if err == nil {
			return l, nil
		}
		d.opt.Log.Warn("kept address is taken", "err", err)
		l, err = lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return nil, camp.NewFault(camp.Internal, "program.no_door.say", err)
		}
		d.note(camp.Need{Kind: "door", Say: "program.door_taken.say"})
		return l, nil
	}
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	switch {
	case err == nil:
		return l, nil
	case port == "0":
		return nil, camp.NewFault(camp.Internal, "program.no_door.say", err)
	}
	return nil, &camp.Fault{Kind: camp.Conflict, Say: "program.web_taken.say", Args: map[string]string{"Address": net.JoinHostPort(host, port)}, Err: err}
}

// shows reports whether the answer is the home page with the newest post on it,
// or the page of an empty camp where newest is 0.
func shows(res *http.Response, newest camp.PostID) error {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxHome))
	switch {
	case err != nil:
		return fmt.Errorf("read own home page: %w", err)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("own home page answers with status %d", res.StatusCode)
	case newest != 0 && !strings.Contains(string(body), newest.String()):
		return errors.New("own home page lacks the newest post")
	case !strings.Contains(string(body), "</html>"):
		return errors.New("own home page is cut off")
	}
	return nil
}
