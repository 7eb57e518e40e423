package fed

import (
	"slices"

	"camp/node/ap"
	"camp/node/camp"
	"camp/node/posts"
)

// flag keeps a report about people here and what they wrote, for host and
// helpers. It comes from a whole server: who complained is not told (federation.md
// 6). What the reported posts say is kept beside, so that taking them back does
// not take the report's ground away (community.md 7).
func (w *taking) flag(a *ap.Activity) ([]camp.Event, error) {
	host := hostName(a.Actor)
	if !w.t.o.Reports(host) {
		return nil, nil
	}
	r := camp.Report{At: w.now, From: host, Words: a.Content}
	for _, id := range a.Objects {
		if err := w.reported(&r, id); err != nil {
			return nil, err
		}
	}
	if len(r.Whom) == 0 {
		return nil, nil
	}
	if full, err := w.reportsFull(host); err != nil || full {
		return nil, err
	}
	if err := w.known(); err != nil {
		return nil, err
	}
	r.ID = w.tx.NextID()
	return posts.PutReport(w.in, r)
}

// reported adds what an id means to a report: somebody of the camp, or a post of
// theirs that the world can know of. Letters are for those whom they name, and
// for no helper.
func (w *taking) reported(r *camp.Report, id string) error {
	m, ok, err := w.ours(id)
	if err != nil {
		return err
	}
	if ok {
		r.Whom = addOnce(r.Whom, m.ID)
		return nil
	}
	p, ok, err := w.post(id)
	if err != nil || !ok || !p.Here() || !p.Audience.Leaves() || len(r.Posts) >= camp.MaxReportPosts || slices.Contains(r.Posts, p.ID) {
		return err
	}
	text := p.Text
	if p.Note != "" {
		text = p.Note + "\n\n" + text
	}
	r.Whom = addOnce(r.Whom, p.Author)
	r.Posts = append(r.Posts, p.ID)
	r.Texts = append(r.Texts, camp.CleanText(text, camp.MaxReportText))
	return nil
}

func addOnce[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// reportsFull: whoever sends reports without end fills no disk, under however many
// names below one that they registered.
func (w *taking) reportsFull(host camp.Domain) (bool, error) {
	all, err := w.tx.Reports()
	if err != nil {
		return false, err
	}
	open, name := 0, above(host)
	for _, r := range all {
		if r.From != "" && above(r.From) == name && r.Closed.IsZero() {
			open++
		}
	}
	return open >= camp.MaxReportsHost || len(all) >= camp.MaxReports, nil
}
