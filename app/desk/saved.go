package desk

import (
	"context"
	"io"
	"time"

	"camp/app/desk/memberships"
	"camp/node/camp"
)

// Saved gives what an intent that makes a file would write there, for the host's
// browser: a name for it, and what writes it. It knows DoExport and DoFriendCopy.
func (d *Desk) Saved(ctx context.Context, in camp.Intent) (name string, write func(context.Context, io.Writer) error, err error) {
	switch in.Do {
	case camp.DoFriendCopy:
		name, write, err := memberships.FriendCopy(in.Page)
		return name, func(_ context.Context, to io.Writer) error { return write(to) }, err
	case camp.DoExport:
		s := d.on.Load()
		if s == nil {
			return "", nil, d.notOn()
		}
		archive, err := s.archiveOf(ctx, in.Person)
		if err != nil {
			return "", nil, err
		}
		name = "camp-" + in.Person + "-" + d.opt.Now().Format(time.DateOnly) + ".zip"
		return name, func(ctx context.Context, to io.Writer) error {
			ctx, done, ok := s.enter(ctx)
			if !ok {
				return d.notOn()
			}
			defer done()
			return archive(ctx, to)
		}, nil
	}
	return "", nil, &camp.Fault{Kind: camp.Invalid, Say: "program.unknown_intent.say", Args: map[string]string{"Do": in.Do}}
}

// Later has an intent carried out that takes down the pages by which it was
// asked, and does not wait: they are to answer first. What came of it stands in
// the state.
func (d *Desk) Later(in camp.Intent) error {
	select {
	case d.later <- in:
		return nil
	default:
		return camp.NewFault(camp.Conflict, "pages.busy.say", nil)
	}
}

// afterwards carries out what Later took in. Nobody waits for its answer, so a
// refusal is put where the host looks.
func (r *runner) afterwards(ctx context.Context, in camp.Intent) {
	d := r.d
	_, err := r.do(ctx, in)
	if err == nil || ctx.Err() != nil {
		return
	}
	f := camp.AsFault(err)
	d.opt.Log.Warn("what was asked by the pages came to nothing", "do", in.Do, "err", err)
	n := camp.Need{Kind: "world", Say: f.Say, Args: f.Args, Page: "world"}
	if in.Do == camp.DoRestore {
		n.Kind, n.Page = "restore", "backups"
	}
	d.note(n)
}
