package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"camp/app/desk"
	"camp/node/camp"
)

// rescue does without a window what its page for damaged files offers: "backup"
// brings the newest good backup back with what was written down since, "export"
// saves what can be read into a folder, "again" lets the next start be tried
// although those before came to nothing.
func rescue(ctx context.Context, e *env, c call) error {
	h, err := e.home(c)
	if err != nil {
		return err
	}
	in := camp.Intent{Do: camp.DoRescue, Page: c.words[0], Language: e.language}
	switch {
	case !desk.Exists(h):
		return &camp.Fault{Kind: camp.NotFound, Say: "ctl.no_camp.say", Args: map[string]string{"Folder": h.Data}}
	case in.Page != "backup" && in.Page != "export" && in.Page != "again":
		return usage("program.rescue_what.say")
	case len(c.words) == 2 && in.Page == "export":
		if in.Folder, err = file(c.words[1]); err != nil {
			return err
		}
	case len(c.words) == 2:
		return usage("ctl.usage.extra", "What", c.words[1])
	}
	if in.Phrase, err = e.phrase(c); err != nil {
		return err
	}
	k, err := e.keep(ctx, desk.Options{Home: h, Language: e.language, Hold: true})
	if err != nil {
		return err
	}
	defer k.close()
	if in.Page == "again" {
		in = camp.Intent{Do: camp.DoStart}
	}
	ans, err := e.held(ctx, k, in)
	if err != nil {
		return err
	}
	if ans.Say == "" {
		ans.Say = "ctl.rescued_again"
	}
	e.answer(map[string]any{"say": e.words.SayMap(ans.Say, ans.Args), "backup": ans.Backup}, "ctl.status.line", "Line", e.words.SayMap(ans.Say, ans.Args))
	return nil
}

// held asks a desk that starts nothing by itself for one thing, and ends it.
func (e *env) held(ctx context.Context, k *kept, in camp.Intent) (camp.Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var g errgroup.Group
	g.Go(func() error { return k.run(ctx) })
	ans, err := k.desk.Do(ctx, in)
	if err != nil && in.Do == camp.DoStart { // asked a second time, it is tried whatever became of those before
		ans, err = k.desk.Do(ctx, in)
	}
	cancel()
	if werr := g.Wait(); err == nil {
		err = werr
	}
	return ans, err
}
