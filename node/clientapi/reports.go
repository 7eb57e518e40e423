package clientapi

import (
	"slices"
	"strconv"

	"camp/node/camp"
)

// report tells host and helpers of somebody. Their own server hears of it only
// from a client that is out of safe mode: many apps ask for that by default.
func (c *call) report() error {
	who, err := c.find(camp.MemberID(c.in.idIn("account_id")))
	if err != nil {
		return err
	}
	forward, _ := c.in.flag("forward")
	d := camp.ReportDraft{Whom: who.m.ID, Words: c.in.get("comment"), Forward: forward && !c.safe()}
	for _, id := range c.in.ids("status_ids", camp.MaxReportPosts) {
		pv, err := c.view(camp.PostID(id))
		if err != nil {
			return err
		}
		d.Posts = append(d.Posts, pv.ID)
	}
	for _, s := range c.in.all("rule_ids") {
		n := small(s)
		if n < 1 {
			return invalid("There is no such rule")
		}
		d.Rules = append(d.Rules, n)
	}
	r, err := c.a.o.Posts.Report(c.ctx(), c.by, d)
	if err != nil {
		return err
	}
	if err := c.tally(who.m.ID); err != nil {
		return err
	}
	c.reported(r, who)
	return nil
}

// reported writes a report as it is kept: the protocol's other categories are not.
func (c *call) reported(r camp.Report, who person) {
	o := c.out
	o.open('{')
	o.id("id", r.ID)
	o.yes("action_taken", !r.Closed.IsZero())
	o.time("action_taken_at", r.Closed)
	category := "other"
	if len(r.Rules) > 0 {
		category = "violation"
	}
	o.str("category", category)
	o.str("comment", r.Words)
	o.yes("forwarded", r.Sent)
	o.time("created_at", r.At)
	o.list("status_ids")
	for _, id := range r.Posts {
		o.raw(strconv.Quote(id.String()))
	}
	o.close(']')
	o.list("rule_ids")
	for _, n := range slices.Sorted(slices.Values(r.Rules)) {
		o.raw(strconv.Quote(strconv.Itoa(n)))
	}
	o.close(']')
	o.null("collection_ids")
	c.account("target_account", who)
	o.close('}')
}
