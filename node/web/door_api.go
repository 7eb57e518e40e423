package web

import (
	"net/http"
	"strconv"
	"time"

	"camp/node/camp"
)

// info is GET /v1/join: what is read before anybody asks.
func (c *call) info() error {
	if c.who.Spent {
		return &camp.Fault{Kind: camp.Conflict, Say: "people.invite_used.say"}
	}
	info, err := c.joinInfo()
	if err != nil {
		return err
	}
	c.send(http.StatusOK, info)
	return nil
}

func (c *call) joinInfo() (camp.JoinInfo, error) {
	rules, err := c.d.o.People.Rules(c.ctx())
	if err != nil {
		return camp.JoinInfo{}, err
	}
	host, err := c.d.o.People.Member(c.ctx(), c.house.Host)
	if err != nil {
		return camp.JoinInfo{}, err
	}
	info := camp.JoinInfo{
		Camp: c.house.Name, Host: host.Display, Language: c.house.Language, Approval: true, Kept: []camp.Keeping{},
		Rules: camp.JoinRules{Version: rules.Version, Date: rules.Date, Hash: rules.Hash, Texts: rules.Texts},
	}
	if c.who.Peer.Principal == camp.PrincipalInvite && c.who.Member.ID != 0 { // a further device of somebody's
		info.Approval, info.Device = false, c.who.Member.Display
		if info.Known, err = c.known(); err != nil {
			return camp.JoinInfo{}, err
		}
	}
	for _, k := range c.d.o.Kept() {
		info.Kept = append(info.Kept, camp.Keeping{
			What: c.words.say(k.What), Why: c.words.say(k.Why), About: c.words.say(k.About), Readers: c.words.say(k.Readers), HowLong: c.words.say(k.HowLong), Export: k.Export,
		})
	}
	return info, nil
}

// join is POST /v1/join.
func (c *call) join() error {
	var ask camp.JoinAsk
	if err := c.read(&ask); err != nil {
		return err
	}
	p := c.who.Peer
	if len(ask.Key) != 32 || len(ask.MAC) != 32 || p.Serial != 0 || !c.d.o.Ways.Bound(c.ctx(), p.Invite, ask.BindText(), ask.MAC) {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.key_bad.say"}
	}
	var key [32]byte
	copy(key[:], ask.Key)
	var v camp.Visitor
	var err error
	if c.who.Member.ID != 0 {
		v, err = c.d.o.People.AddDeviceBy(c.ctx(), p.Invite, key, ask.Device)
	} else {
		v, err = c.d.o.People.Apply(c.ctx(), p.Invite, camp.Application{
			Key: key, Name: ask.Name, Message: ask.Message, Device: ask.Device, Version: ask.Version, Hash: ask.Hash,
		})
	}
	if err != nil {
		return err
	}
	return c.tell(v)
}

// standing is where somebody stands, as their program is told.
func (c *call) standing(v camp.Visitor) (camp.JoinAnswer, error) {
	host, err := c.d.o.People.Member(c.ctx(), c.house.Host)
	if err != nil {
		return camp.JoinAnswer{}, err
	}
	a := camp.JoinAnswer{
		State: v.Standing, Camp: c.house.Name, Host: host.Display, Name: v.Member.Name, Display: v.Member.Display, Serial: v.Device.Serial,
		Since: v.Since, Answer: v.Answer, Question: v.Question, Reply: v.Reply, LastWord: v.Put, Words: c.d.o.Ways.Words(v.Device.Key), Paths: c.d.o.Ways.Paths(c.from()), Next: c.next(v),
	}
	if v.Peer.Principal != camp.PrincipalDevice {
		return a, nil
	}
	a.Leaves = v.Member.Final
	list, err := c.notices(v, 40)
	if err != nil {
		return a, err
	}
	for i, n := range list {
		if i == 0 {
			a.LastWord = uint64(n.ID)
		}
		if !n.New {
			continue
		}
		a.Unread++
		if n.Kind == camp.NoticeReply || n.Kind == camp.NoticeMention {
			a.Replies++
		}
	}
	return a, nil
}

// me is GET /v1/me, at once or when something is other than the asker knows.
func (c *call) me() error {
	q := c.r.URL.Query()
	after, word := camp.Standing(q.Get("after")), uint64(0)
	if s := q.Get("word"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return errUnreadable
		}
		word = n
	}
	v, err := c.hold(after, word, q.Has("next"), q.Get("next"))
	if err != nil || c.ctx().Err() != nil {
		return err
	}
	return c.tell(v)
}

// hold waits until somebody stands elsewhere than they know, or was told
// something, at most maxWait; not at all for those who know nothing yet. A hundred
// people's programs stand here all day: only what decides is read, not the whole
// answer.
func (c *call) hold(after camp.Standing, word uint64, follows bool, next string) (camp.Visitor, error) {
	wait := time.NewTimer(maxWait)
	defer wait.Stop()
	look := time.NewTicker(lookEvery) // what ends by its time alone makes no event
	defer look.Stop()
	events, stop := c.d.o.Live.Knock(c.who.Member.ID)
	defer stop()
	held := c.d.held.enter(c.who.Peer.Serial, c.who.Member)
	c.who.Member = held.member
	defer func() { c.d.held.leave(held, c.d.o.Now()) }()
	for {
		v, err := c.visitor()
		if err != nil || over(v) || after == "" || v.Standing != after {
			return v, err
		}
		if last, err := c.lastWord(v); err != nil || last > word {
			return v, err
		}
		if k := c.next(v); follows && k != nil && camp.KeyTag(k.Key) != next {
			return v, nil
		}
		select {
		case <-c.ctx().Done():
			return v, nil
		case <-wait.C:
			return v, nil
		case _, open := <-events:
			if !open { // the camp ends, or they lost every right: the asker comes back
				return v, nil
			}
		case <-held.poke:
		case <-look.C:
		}
	}
}

// visitor reads anew who the asker is and where they stand.
func (c *call) visitor() (camp.Visitor, error) {
	return c.d.o.People.Visitor(c.ctx(), c.who.Peer)
}

// over reports whether somebody may ask nothing any more.
func over(v camp.Visitor) bool { return v.Peer.Principal == camp.PrincipalNone }

// lastWord is the newest of what somebody was told.
func (c *call) lastWord(v camp.Visitor) (uint64, error) {
	if v.Peer.Principal != camp.PrincipalDevice {
		return v.Put, nil
	}
	list, err := c.notices(v, 1)
	if err != nil || len(list) == 0 {
		return v.Put, err
	}
	return uint64(list[0].ID), nil
}

// notices are the newest things that a member was told.
func (c *call) notices(v camp.Visitor, most int) ([]camp.NoticeView, error) {
	reader := camp.Actor{Member: v.Member.ID, Role: v.Member.Role}
	return c.d.o.Site.o.Posts.Notices(c.ctx(), reader, camp.Page{Limit: most})
}

// tell answers where somebody stands, or that it is over.
func (c *call) tell(v camp.Visitor) error {
	if over(v) {
		return c.goodbye()
	}
	a, err := c.standing(v)
	if err == nil {
		c.send(http.StatusOK, a)
	}
	return err
}

func (c *call) withdraw() error {
	if err := c.read(&struct{}{}); err != nil {
		return err
	}
	if err := c.d.o.People.Withdraw(c.ctx(), c.who.Peer.Serial); err != nil {
		return err
	}
	c.send(http.StatusOK, map[string]camp.Standing{"state": camp.Withdrawn})
	return nil
}

func (c *call) link() error {
	if err := c.read(&struct{}{}); err != nil {
		return err
	}
	secret, err := c.d.o.People.DeviceLink(c.ctx(), c.who.Peer.Serial)
	if err == nil {
		c.send(http.StatusOK, map[string]string{"secret": secret})
	}
	return err
}

// deviceLine is a device on the wire.
type deviceLine struct {
	Serial   uint64 `json:"serial"`
	Label    string `json:"label"`
	LastSeen string `json:"last_seen"`
	Phone    bool   `json:"phone"`
	This     bool   `json:"this"`
}

func (c *call) devices() error {
	list, err := c.d.o.People.Devices(c.ctx(), c.actor(), c.who.Member.Name)
	if err != nil {
		return err
	}
	out := []deviceLine{}
	for _, d := range list {
		out = append(out, deviceLine{Serial: d.Serial, Label: d.Label, LastSeen: d.LastSeen, Phone: d.Phone, This: d.Serial == c.who.Peer.Serial})
	}
	c.send(http.StatusOK, map[string]any{"devices": out})
	return nil
}

// newDevice is POST /v1/devices: a phone whose key the calling device made.
type newDevice struct {
	Key    []byte `json:"key"`
	Shared []byte `json:"shared"`
	Label  string `json:"label"`
	Phone  bool   `json:"phone"`
}

func (c *call) addDevice() error {
	var ask newDevice
	if err := c.read(&ask); err != nil {
		return err
	}
	if len(ask.Key) != 32 || len(ask.Shared) != 0 && len(ask.Shared) != 32 {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.key_bad.say"}
	}
	d := camp.Device{Label: ask.Label, Phone: ask.Phone}
	copy(d.Key[:], ask.Key)
	if len(ask.Shared) > 0 {
		d.Preshared = camp.NewSecret(ask.Shared)
	}
	d, err := c.d.o.People.AddDevice(c.ctx(), c.actor(), d)
	if err != nil {
		return err
	}
	c.send(http.StatusOK, map[string]any{"serial": d.Serial, "inner": c.d.o.Ways.Inner(d.Serial, c.from()), "endpoint": c.d.o.Ways.Phone(c.from())})
	return nil
}

func (c *call) inviteDevice() error {
	if err := c.read(&struct{}{}); err != nil {
		return err
	}
	inv, err := c.d.o.People.NewInvite(c.ctx(), c.actor(), camp.InviteWish{Device: true})
	if err != nil {
		return err
	}
	line, err := c.d.o.Ways.Code(c.ctx(), inv)
	if err == nil {
		c.send(http.StatusOK, map[string]any{"code": line.Code, "expires": line.Ends})
	}
	return err
}

func (c *call) dropDevice() error {
	if err := c.read(&struct{}{}); err != nil {
		return err
	}
	serial, err := strconv.ParseUint(c.r.PathValue("serial"), 10, 64)
	if err != nil {
		return errNowhere
	}
	list, err := c.d.o.People.Devices(c.ctx(), c.actor(), c.who.Member.Name)
	if err != nil {
		return err
	}
	for _, d := range list { // also the host ends here only their own
		if d.Serial == serial {
			if err := c.d.o.People.RemoveDevice(c.ctx(), c.actor(), serial); err != nil {
				return err
			}
			c.send(http.StatusOK, map[string]uint64{"serial": serial})
			return nil
		}
	}
	return &camp.Fault{Kind: camp.NotFound, Say: "people.device_none.say"}
}

// rekey is POST /v1/devices/key: the calling device has a new key.
func (c *call) rekey() error {
	var ask struct {
		Key []byte `json:"key"`
	}
	if err := c.read(&ask); err != nil {
		return err
	}
	if len(ask.Key) != 32 {
		return &camp.Fault{Kind: camp.Invalid, Say: "people.key_bad.say"}
	}
	d, err := c.d.o.People.Rekey(c.ctx(), c.who.Peer.Serial, [32]byte(ask.Key))
	if err != nil {
		return err
	}
	c.send(http.StatusOK, map[string]any{"serial": d.Serial, "inner": c.d.o.Ways.Inner(d.Serial, c.from())})
	return nil
}
