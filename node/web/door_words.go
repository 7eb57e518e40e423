package web

import (
	"camp/node/camp"
)

// reply is POST /v1/reply: the answer to what the host asks back.
func (c *call) reply() error {
	var in struct {
		Text string `json:"text"`
	}
	if err := c.read(&in); err != nil {
		return err
	}
	if err := c.d.o.People.Reply(c.ctx(), c.who.Peer.Serial, in.Text); err != nil {
		return err
	}
	return c.tellStanding()
}

// leave is POST /v1/leave, stay is POST /v1/stay: a member's own going, and
// that they thought better of it.
func (c *call) leave() error {
	var in struct {
		Erase bool `json:"erase"`
	}
	if err := c.read(&in); err != nil {
		return err
	}
	if _, err := c.d.o.People.Leave(c.ctx(), c.actor(), in.Erase); err != nil {
		return err
	}
	return c.tellStanding()
}

func (c *call) stay() error {
	if err := c.read(&struct{}{}); err != nil {
		return err
	}
	if err := c.d.o.People.Stay(c.ctx(), c.actor()); err != nil {
		return err
	}
	return c.tellStanding()
}

func (c *call) tellStanding() error {
	v, err := c.visitor()
	if err != nil {
		return err
	}
	return c.tell(v)
}

// replyPage is POST /reply: the same by somebody with a phone alone.
func (c *call) replyPage() error {
	if err := c.readForm(); err != nil {
		return err
	}
	if !c.isA(camp.PrincipalWaiting) {
		return errNowhere
	}
	if err := c.d.o.People.Reply(c.ctx(), c.who.Peer.Serial, c.r.PostForm.Get("reply")); err != nil {
		return err
	}
	return c.home()
}
