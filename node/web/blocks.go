package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"camp/node/camp"
)

// Border is what the pages need of node/border.
type Border interface {
	List(ctx context.Context) ([]camp.Block, error)
	Decide(ctx context.Context, by camp.Actor, w camp.Decision) (camp.Domain, error)
	SetReview(ctx context.Context, by camp.Actor, typed, choice string) error
	Lift(ctx context.Context, by camp.Actor, typed string) error
	Undo(ctx context.Context, by camp.Actor, id string) error
	SetReports(ctx context.Context, by camp.Actor, typed string, take bool) error
	// Preview says what a decision would do, and changes nothing.
	Preview(ctx context.Context, typed string, level camp.Level) (camp.BlockPreview, error)
}

// blocksPage lists the servers that are kept away.
type blocksPage struct {
	frame
	Q            string
	Count        int
	List, Lifted []blockRow
	Name, Reason string // typed into the form
	Level        string
	Again        []againRow // when to look at it again
	AskWide      bool       // the name is shared by many: a yes is needed
	Undo         string     // change that can be undone
	UndoSay      string
	Levels       []levelRow
	Preview      *blockPreview
}

type blockRow struct {
	Domain, Shown, Level, LevelName, Reason, By, Day, Change, Until string
	Class                                                           string // of the level's chip
	Puny                                                            bool   // the name in its own script differs
	Mixed                                                           bool
	Fresh                                                           bool   // can be undone
	Deaf, MayHear                                                   bool   // no reports are taken from there; that can be decided
	Review                                                          string // day on which to look at it again; "" for none
	Due                                                             bool   // that day has come
	Softer, SofterSay                                               string // the next level that keeps less away; "" for none
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
	p.Again = v.againRows(v.form.Get("review"))
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

// claimed is the reason of a decision; that of a list is told as what the list says.
func (v *visit) claimed(b camp.Block) string {
	if list := b.Claim(); list != "" {
		return v.say("border.claim", "List", list, "Reason", b.Reason)
	}
	return b.Reason
}

func (v *visit) blockRow(b camp.Block) blockRow {
	r := blockRow{
		Domain: string(b.Domain), Shown: b.Shown, Level: string(b.Level), LevelName: v.say("web.blocks.level." + string(b.Level)), Reason: v.claimed(b), By: b.By,
		Day: v.words.date(b.At, v.now()), Change: b.Change, Puny: b.Shown != string(b.Domain), Mixed: b.Mixed,
	}
	if r.Class = " out"; b.Level.Rank() >= camp.LevelBlock.Rank() {
		r.Class = " letter"
	}
	if b.Lifted {
		r.Until = v.words.date(b.Until, v.now())
		return r
	}
	r.Deaf, r.MayHear = b.NoReports, b.Level.Rank() < camp.LevelBlock.Rank()
	r.Fresh = b.Change != "" && v.now().Sub(b.At) < undoDays
	if !b.Review.IsZero() {
		r.Review, r.Due = v.words.date(b.Review, v.now()), b.Due(v.now())
	}
	if s := b.Level.Softer(); s != "" {
		r.Softer, r.SofterSay = string(s), v.say("web.blocks.soften", "Level", v.say("web.blocks.level."+string(s)))
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

// undoDays is how long a decision can be undone (community.md 4.2); whether it
// can is decided by the border.
const undoDays = 30 * 24 * time.Hour

// block decides about a server. What would cut people off from each other is
// shown first, and decided only as it was shown (community.md 5).
func (v *visit) block() error {
	pre, err := v.preview()
	if err != nil {
		return err
	}
	if cuts(pre) && v.form.Get("seen") != seenOf(pre) {
		return v.showPreview(pre, http.StatusConflict)
	}
	d, err := v.s.o.Border.Decide(v.ctx(), v.actor, camp.Decision{
		Name: v.form.Get("domain"), Level: camp.Level(v.form.Get("level")), Reason: v.form.Get("reason"), Wide: v.form.Get("wide") == "yes", Review: v.form.Get("review"),
	})
	if err != nil {
		return err
	}
	return v.toUndo(d)
}

func (v *visit) preview() (camp.BlockPreview, error) {
	return v.s.o.Border.Preview(v.ctx(), v.form.Get("domain"), camp.Level(v.form.Get("level")))
}

func (v *visit) previewBlock() error {
	pre, err := v.preview()
	if err != nil {
		return err
	}
	return v.showPreview(pre, http.StatusOK)
}

// blockPreview is what a decision would do, in words.
type blockPreview struct {
	Title, Do string
	Lines     []string
	Seen      string
	Cuts      bool // people are cut off from each other: keeping at a distance is offered instead
}

// cuts reports whether a decision takes people away from each other.
func cuts(p camp.BlockPreview) bool {
	return p.Level.Rank() >= camp.LevelBlock.Rank() && p.FollowsLost+p.FollowersLost > 0
}

// seenOf is what somebody saw who then decides.
func seenOf(p camp.BlockPreview) string {
	return string(p.Domain) + " " + string(p.Level) + " " + itoa(p.FollowsLost) + " " + itoa(p.FollowersLost) + " " + itoa(p.PostsHidden)
}

func (v *visit) showPreview(pre camp.BlockPreview, status int) error {
	p, err := v.blocksPage()
	if err != nil {
		return err
	}
	p.Name, p.Reason, p.Level = pre.Shown, v.form.Get("reason"), string(pre.Level)
	p.AskWide = pre.Shared
	level := v.say("web.blocks.level." + string(pre.Level))
	b := &blockPreview{Title: v.say("web.far.preview.title", "Name", pre.Shown, "Level", level), Seen: seenOf(pre)}
	b.Do = v.say("web.far.preview.do."+string(pre.Level), "Name", pre.Shown)
	b.Lines = v.previewLines(pre)
	b.Cuts = cuts(pre)
	p.Preview = b
	return v.render(status, "blocks", p)
}

func (v *visit) previewLines(pre camp.BlockPreview) (lines []string) {
	add := func(key string, args ...any) { lines = append(lines, v.say(key, args...)) }
	if pre.Now != camp.LevelNone && pre.Now != "" {
		add("web.far.preview.now", "Level", v.say("web.blocks.level."+string(pre.Now)))
	}
	if pre.Level.Rank() >= camp.LevelBlock.Rank() {
		if pre.FollowsLost > 0 {
			add("web.far.preview.follows", "N", pre.FollowsLost)
		}
		if pre.FollowersLost > 0 {
			add("web.far.preview.followers", "N", pre.FollowersLost)
		}
		if pre.FollowsLost == 0 && pre.FollowersLost == 0 {
			add("web.far.preview.nobody")
		}
	}
	if pre.PostsHidden > 0 && pre.Level.Rank() >= camp.LevelLimit.Rank() {
		add("web.far.preview.posts", "N", pre.PostsHidden)
	}
	if pre.Covered != "" {
		add("web.far.preview.covered", "Name", string(pre.Covered))
	}
	for i, d := range pre.Covers {
		if i == 5 {
			break
		}
		add("web.far.preview.covers", "Name", string(d))
	}
	if pre.Mixed {
		add("web.far.preview.mixed")
	}
	if pre.Wider != "" {
		add("web.far.preview.wider", "Name", string(pre.Wider))
	}
	return lines
}

// againRow is a choice of when to look at a decision again.
type againRow struct {
	Value, Say string
	On         bool
}

func (v *visit) againRows(chosen string) (list []againRow) {
	if chosen == "" {
		chosen = "12"
	}
	for _, m := range camp.Reviews {
		list = append(list, againRow{m, v.say("border.again." + m), m == chosen})
	}
	return list
}

// reviewBlock keeps a decision, and says when to look at it again.
func (v *visit) reviewBlock() error {
	if err := v.s.o.Border.SetReview(v.ctx(), v.actor, v.form.Get("domain"), v.form.Get("review")); err != nil {
		return err
	}
	return v.to("/blocks?said=saved")
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

// blockReports decides whether reports from a server are taken.
func (v *visit) blockReports() error {
	if err := v.s.o.Border.SetReports(v.ctx(), v.actor, v.form.Get("domain"), v.form.Get("take") == "1"); err != nil {
		return err
	}
	return v.to("/blocks")
}

func (v *visit) undoBlock() error {
	if err := v.s.o.Border.Undo(v.ctx(), v.actor, v.form.Get("change")); err != nil {
		return err
	}
	return v.to("/blocks")
}
