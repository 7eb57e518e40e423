package web

import (
	"context"
	"net/http"
	"strings"

	"camp/node/camp"
)

// Border is what the pages need of node/border.
type Border interface {
	List(ctx context.Context) ([]camp.Block, error)
	Set(ctx context.Context, by camp.Actor, typed string, level camp.Level, reason string, wide bool) (camp.Domain, error)
	Lift(ctx context.Context, by camp.Actor, typed string) error
	Undo(ctx context.Context, by camp.Actor, id string) error
}

// blocksPage lists the servers that are kept away.
type blocksPage struct {
	frame
	Q            string
	Count        int
	List, Lifted []blockRow
	Name, Reason string // typed into the form
	Level        string
	AskWide      bool   // the name is shared by many: a yes is needed
	Undo         string // change that can be undone
	UndoSay      string
	Levels       []levelRow
}

type blockRow struct {
	Domain, Shown, Level, LevelName, Reason, By, Day, Change, Until string
	Puny                                                            bool // the name in its own script differs
	Mixed                                                           bool
}

type levelRow struct{ Value, Name, What string }

func (v *visit) blocks() error {
	p, err := v.blocksPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "blocks", p)
}

func (v *visit) blocksPage() (*blocksPage, error) {
	all, err := v.s.o.Border.List(v.ctx())
	if err != nil {
		return nil, err
	}
	p := &blocksPage{Q: camp.CleanLine(v.r.URL.Query().Get("q"), 100), Level: string(camp.LevelBlock)}
	nav := "me"
	if v.keeper() {
		nav = "host"
	}
	if p.frame, err = v.frame(nav, v.say("web.blocks.title")); err != nil {
		return nil, err
	}
	for _, l := range camp.Levels[1:] {
		p.Levels = append(p.Levels, levelRow{string(l), v.say("web.blocks.level." + string(l)), v.say("web.blocks.what." + string(l))})
	}
	undo := v.r.URL.Query().Get("undo")
	for _, b := range all {
		r := v.blockRow(b)
		if undo != "" && undo == b.Change {
			p.Undo = b.Change
			p.UndoSay = v.say("web.blocks.done", "Name", b.Shown, "Level", r.LevelName)
			if b.Lifted {
				p.UndoSay = v.say("web.blocks.lifted_done", "Name", b.Shown)
			}
		}
		if p.Q != "" && !strings.Contains(b.Shown+" "+string(b.Domain), strings.ToLower(p.Q)) {
			continue
		}
		if b.Lifted {
			p.Lifted = append(p.Lifted, r)
		} else {
			p.List = append(p.List, r)
		}
	}
	p.Count = len(p.List)
	return p, nil
}

func (v *visit) blockRow(b camp.Block) blockRow {
	r := blockRow{
		Domain: string(b.Domain), Shown: b.Shown, Level: string(b.Level), LevelName: v.say("web.blocks.level." + string(b.Level)), Reason: b.Reason, By: b.By,
		Day: v.words.date(b.At, v.now()), Change: b.Change, Puny: b.Shown != string(b.Domain), Mixed: b.Mixed,
	}
	if b.Lifted {
		r.Until = v.words.date(b.Until, v.now())
	}
	return r
}

func (v *visit) blocksAgain(f *camp.Fault) error {
	p, err := v.blocksPage()
	if err != nil {
		return err
	}
	p.Fault, p.Name, p.Reason = v.sayFault(f), v.form.Get("domain"), v.form.Get("reason")
	if v.form.Get("level") != "" {
		p.Level = v.form.Get("level")
	}
	p.AskWide = f.Say == "border.shared.say"
	return v.render(v.status(f), "blocks", p)
}

func (v *visit) block() error {
	d, err := v.s.o.Border.Set(v.ctx(), v.actor, v.form.Get("domain"), camp.Level(v.form.Get("level")), v.form.Get("reason"), v.form.Get("wide") == "yes")
	if err != nil {
		return err
	}
	return v.toUndo(d)
}

func (v *visit) unblock() error {
	if err := v.s.o.Border.Lift(v.ctx(), v.actor, v.form.Get("domain")); err != nil {
		return err
	}
	return v.toUndo(camp.Domain(v.form.Get("domain")))
}

// toUndo goes back to the list, with the newest change of a name ready to be undone.
func (v *visit) toUndo(d camp.Domain) error {
	all, err := v.s.o.Border.List(v.ctx())
	if err != nil {
		return err
	}
	for _, b := range all {
		if b.Domain == d {
			return v.to("/blocks?undo=" + b.Change)
		}
	}
	return v.to("/blocks")
}

func (v *visit) undoBlock() error {
	if err := v.s.o.Border.Undo(v.ctx(), v.actor, v.form.Get("change")); err != nil {
		return err
	}
	return v.to("/blocks")
}
