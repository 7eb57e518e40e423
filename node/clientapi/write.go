package clientapi

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"camp/node/camp"
)

// write posts what was sent. The same key from the same person within an hour
// gives the first post again (client-api.md 2).
func (c *call) write() error {
	if c.in.get("scheduled_at") != "" {
		return invalid("Posts for later are not possible in this camp yet")
	}
	d := camp.Draft{Text: c.in.get("status"), Note: c.in.get("spoiler_text"), Language: c.in.get("language"), Key: c.key()}
	if v, ok := c.in.flag("sensitive"); ok {
		d.Sensitive = &v
	}
	parent, err := c.parent()
	if err != nil {
		return err
	}
	if parent != nil {
		d.ReplyTo = parent.ID
	}
	if d.Audience, d.Within, err = c.wish().audience(parent); err != nil {
		return err
	}
	if d.Pictures, err = c.pictures(nil); err != nil {
		return err
	}
	if d.Poll, err = c.newPoll(); err != nil {
		return err
	}
	if q := c.in.get("quoted_status_id"); q != "" {
		of, err := c.view(camp.PostID(idOf(q)))
		if err != nil {
			return err
		}
		d.Quote = of.ID
	}
	id, err := c.a.o.Posts.Write(c.ctx(), c.by, d)
	if err != nil {
		return err
	}
	c.a.tallies.forget(c.me.ID)
	return c.shown(id)
}

// key is the idempotency key as the camp keeps it: apart from those of pages.
func (c *call) key() string {
	k := c.r.Header.Get("Idempotency-Key")
	if k == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(k))
	return "api " + hex.EncodeToString(sum[:])
}

// parent gives what is answered, nil for nothing.
func (c *call) parent() (*camp.Post, error) {
	s := c.in.get("in_reply_to_id")
	if s == "" {
		return nil, nil
	}
	pv, err := c.view(camp.PostID(idOf(s)))
	if err != nil {
		return nil, err
	}
	return &pv.Post, nil
}

// wish reads for whom the post is to be. "federated" is an older word for the
// contrary of local_only.
func (c *call) wish() wish {
	w := wish{visibility: c.in.get("visibility"), kept: c.safe() || !c.a.o.Outside()}
	local, said := c.in.flag("local_only")
	if !said {
		var federated bool
		federated, said = c.in.flag("federated")
		local = !federated
	}
	w.local, w.wider = said && local, said && !local
	return w
}

// pictures finds the uploads that a post names. One that is not to be found keeps
// a place that nothing fills, so that a post sent twice is found by its key first,
// and the camp refuses otherwise. have are those that a changed post holds.
func (c *call) pictures(have []camp.Picture) ([]camp.DraftPicture, error) {
	ids := c.in.all("media_ids")
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > 2*camp.MaxPictures {
		return nil, invalid("Cannot attach more than " + strconv.Itoa(camp.MaxPictures) + " files")
	}
	loose, err := c.a.o.Media.Loose(c.ctx(), c.by)
	if err != nil {
		return nil, err
	}
	var list []camp.DraftPicture
	for i, s := range ids {
		p := camp.DraftPicture{ID: camp.MediaID("none" + strconv.Itoa(i))}
		id := idOf(s)
		for _, f := range loose {
			if attachID(f.ID) == id {
				p = camp.DraftPicture{ID: f.ID, Alt: f.Alt}
			}
		}
		for _, f := range have {
			if attachID(f.ID) == id {
				p = camp.DraftPicture{ID: f.ID, Alt: f.Alt}
			}
		}
		list = append(list, p)
	}
	c.redescribe(list)
	return list, nil
}

// redescribe puts in the descriptions that came with the post.
func (c *call) redescribe(list []camp.DraftPicture) {
	for _, row := range c.in.rows("media_attributes", 2*camp.MaxPictures, "id", "description") {
		for i := range list {
			if attachID(list[i].ID) == idOf(row[0]) {
				list[i].Alt = row[1]
			}
		}
	}
}

const pollOptionsMost = 20 // looked at; the camp allows fewer

func (c *call) newPoll() (*camp.Poll, error) {
	options := c.in.all("poll[options]")
	if len(options) == 0 {
		return nil, nil
	}
	if len(options) > pollOptionsMost {
		options = options[:pollOptionsMost]
	}
	left := c.in.num("poll[expires_in]", 0)
	if left <= 0 || left > 10*366*24*3600 {
		return nil, invalid("A poll needs to say when it ends")
	}
	p := &camp.Poll{Multiple: c.in.yes("poll[multiple]", false), Ends: c.a.o.Now().Add(time.Duration(left) * time.Second)}
	for _, text := range options {
		p.Choices = append(p.Choices, camp.Choice{Text: text})
	}
	return p, nil
}

// edit changes a post of the reader's own. For whom it is never changes
// (community.md 3.1, 7). What is not said stays.
func (c *call) edit() error {
	pv, err := c.mine()
	if err != nil {
		return err
	}
	if pv.PassedBy != nil {
		return errNoRecord
	}
	if local, said := c.in.flag("local_only"); said {
		if _, is := shownAs(&pv.Post, namedOf(&pv)); is != local {
			return invalid("Whether a post stays in the camp cannot be changed")
		}
	}
	d := camp.Draft{Text: pv.Text, Note: pv.Note, Language: c.in.get("language"), Poll: pv.Poll}
	if c.in.has("status") {
		d.Text = c.in.get("status")
	}
	if c.in.has("spoiler_text") {
		d.Note = c.in.get("spoiler_text")
	}
	if v, ok := c.in.flag("sensitive"); ok {
		d.Sensitive = &v
	}
	if c.in.has("media_ids") || len(c.in.all("media_ids")) > 0 {
		if d.Pictures, err = c.pictures(pv.Pictures); err != nil {
			return err
		}
	} else {
		for _, p := range pv.Pictures {
			d.Pictures = append(d.Pictures, camp.DraftPicture{ID: p.ID, Alt: p.Alt})
		}
		c.redescribe(d.Pictures)
	}
	if err := c.a.o.Posts.Edit(c.ctx(), c.by, pv.ID, d); err != nil {
		return err
	}
	return c.shown(pv.ID)
}

// erase takes a post back and answers with what it was, for writing it anew.
func (c *call) erase() error {
	pv, err := c.mine()
	if err != nil {
		return err
	}
	if err := c.tallyOf([]camp.PostView{pv}); err != nil {
		return err
	}
	id := pv.ID
	if pv.PassedBy != nil {
		id = pv.Passing
	}
	c.typed = pv.ID
	c.status("", &pv)
	if err := c.a.o.Posts.Delete(c.ctx(), c.by, id); err != nil {
		c.out.b = c.out.b[:0]
		return err
	}
	c.a.tallies.forget(c.me.ID)
	return nil
}
