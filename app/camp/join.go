package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"camp/app/desk"
	"camp/app/place"
	"camp/node/camp"
)

// join asks a camp to be let in, and stays connected. Without a code it comes
// back to the camps that the folder knows.
func join(ctx context.Context, e *env, c call) error {
	h, err := e.home(c)
	if err != nil {
		return err
	}
	if v := c.get("web"); v != "" && (!isAddress(v) || !isLoopback(v)) {
		return usage("ctl.usage.web_loopback", "Value", v)
	}
	if len(c.words) == 1 && c.get("name") == "" {
		return usage("ctl.usage.join_name")
	}
	opt := desk.Options{Home: h, Hold: true, Language: e.language, MemberWeb: c.get("web"), Browse: func(url string) error { return place.Browse(ctx, url) }}
	undo := traceless(h)
	k, err := e.keep(ctx, opt)
	if err != nil {
		return err
	}
	defer func() {
		none := len(k.desk.State().Memberships) == 0
		k.close()
		if none {
			undo()
		}
	}()
	own, end := context.WithCancel(ctx)
	defer end()
	g, own := errgroup.WithContext(own)
	g.Go(func() error { return k.run(own) })
	g.Go(func() error {
		defer end()
		return e.joining(own, k.desk, c)
	})
	return g.Wait()
}

// traceless gives what removes the files of a folder that was not there before
// and into which nothing came, so that a code which is wrong changes nothing.
// It removes what this program writes there, and nothing else.
func traceless(h place.Home) func() {
	if !missing(h.Data) {
		return func() {}
	}
	noLogs := missing(h.Logs)
	return func() {
		if noLogs {
			for _, name := range []string{"camp.log", "crash.txt"} {
				_ = os.Remove(filepath.Join(h.Logs, name))
			}
			_ = os.Remove(h.Logs) // only while it is empty, as the next
		}
		_ = os.Remove(filepath.Join(h.Data, "lock"))
		_ = os.Remove(h.Data)
	}
}

// joining asks, where it is to ask, and then tells how it stands until it is
// decided against, or ctx ends.
func (e *env) joining(ctx context.Context, d *desk.Desk, c call) error {
	id, told := "", map[string]camp.Standing{}
	if len(c.words) == 1 || c.has("lan") {
		m, err := e.ask(ctx, d, c)
		if err != nil {
			return gone(err)
		}
		if id = m.ID; e.json {
			told[id] = m.State // ask printed it
		}
	} else if len(d.State().Memberships) == 0 {
		return camp.NewFault(camp.NotFound, "join.none.say", nil)
	}
	for st := range d.Watch(ctx) {
		var over *camp.Membership // the last of those that are over, where all are and no browser's door says so
		lives := false
		for n, m := range st.Memberships {
			if id != "" && m.ID != id {
				continue
			}
			if err := e.tellStanding(told, m); err != nil {
				return err
			}
			if m.State.Over() && m.Web == "" {
				over = &st.Memberships[n]
			} else {
				lives = true
			}
		}
		if over != nil && !lives {
			return &camp.Fault{Kind: camp.NotAllowed, Say: over.Says(), Args: map[string]string{"Host": over.Host}}
		}
	}
	return nil
}

// standing is what join prints; names are a contract.
type standing struct {
	State camp.Standing `json:"state"`
	Web   string        `json:"web,omitempty"`

	Camp  string   `json:"camp"`
	Host  string   `json:"host"`
	Words string   `json:"words,omitempty"` // four words to compare
	Rules []string `json:"rules,omitempty"`
}

// tellStanding prints a standing that is new; one that is the end is an error.
func (e *env) tellStanding(told map[string]camp.Standing, m camp.Membership) error {
	in := m.State.In()
	if told[m.ID] == m.State || in && m.Web == "" {
		return nil
	}
	told[m.ID] = m.State
	switch {
	case in:
		e.answer(standing{State: m.State, Web: m.Web, Camp: m.Camp, Host: m.Host}, "ctl.join.member", "Camp", m.Camp, "URL", m.Web)
	case m.State == camp.Waiting:
		e.answer(standing{State: m.State, Camp: m.Camp, Host: m.Host, Words: m.Words}, "ctl.join.waiting", "Host", m.Host)
	case m.State.Over() && m.Web == "": // it was told long ago
	case m.State.Over(): // the browser's door stays open, and says so
		e.answer(standing{State: m.State, Camp: m.Camp, Host: m.Host}, "ctl.camps.line", "ID", m.ID, "Camp", m.Camp, "How", e.words.Say(m.Says(), "Host", m.Host))
	case m.State == camp.Declined:
		return &camp.Fault{Kind: camp.NotAllowed, Say: "join.declined.say", Args: map[string]string{"Host": m.Host, "Answer": m.Answer}}
	}
	return nil
}

// ask reads what the camp says about itself, has the rules agreed to, and asks.
func (e *env) ask(ctx context.Context, d *desk.Desk, c call) (camp.Membership, error) {
	var none camp.Membership
	j, err := e.lookAt(ctx, d, c)
	if err != nil {
		return none, err
	}
	if !e.json && !e.agrees(*j.Info) {
		return none, camp.NewFault(camp.NotAllowed, "ctl.join.not_agreed.say", nil)
	}
	ans, err := d.Do(ctx, camp.Intent{Do: camp.DoJoin, Name: c.get("name"), Message: c.get("message"), Hash: j.Info.Rules.Hash, Language: e.language})
	if err != nil {
		return none, err
	}
	m := *ans.Membership
	if e.json && m.State == camp.Waiting {
		e.line(e.out, standing{State: m.State, Camp: m.Camp, Host: m.Host, Words: m.Words, Rules: j.Info.Rules.Texts})
	} else if e.json {
		m.State = "" // told once the browser's door is open
	}
	return m, nil
}

// lookAt finds the camp: of the code, or one that lets somebody nearby in.
func (e *env) lookAt(ctx context.Context, d *desk.Desk, c call) (camp.Joining, error) {
	if len(c.words) == 1 {
		ans, err := d.Do(ctx, camp.Intent{Do: camp.DoJoinLook, Code: c.words[0], Language: e.language})
		if err != nil {
			return camp.Joining{}, err
		}
		return *ans.Joining, nil
	}
	key, err := e.nearest(ctx, d, c)
	if err != nil {
		return camp.Joining{}, err
	}
	watch, stop := context.WithCancel(ctx)
	defer stop()
	go e.showCheck(watch, d)
	ans, err := d.Do(ctx, camp.Intent{Do: camp.DoJoinNearby, Name: key, Language: e.language})
	if err != nil {
		return camp.Joining{}, err
	}
	return *ans.Joining, nil
}

// nearest looks around for the one camp that lets somebody nearby in.
func (e *env) nearest(ctx context.Context, d *desk.Desk, c call) (string, error) {
	if c.get("name") == "" {
		return "", usage("ctl.usage.join_name")
	}
	for range 3 { // an announcement may just be on its way
		ans, err := d.Do(ctx, camp.Intent{Do: camp.DoJoinAround, Language: e.language})
		if err != nil {
			return "", err
		}
		var fits []camp.NearbyCamp
		for _, o := range ans.Joining.Around {
			if want := c.get("camp"); want == "" || want == o.Name {
				fits = append(fits, o)
			}
		}
		switch len(fits) {
		case 0:
			continue
		case 1:
			return fits[0].Key, nil
		}
		names := []string{}
		for _, o := range fits {
			names = append(names, o.Name)
		}
		e.answer(map[string]any{"camps": names}, "ctl.join.several", "Names", strings.Join(names, ", "))
		return "", camp.NewFault(camp.Conflict, "ctl.join.choose.say", nil)
	}
	return "", camp.NewFault(camp.NotFound, "join.nobody_near.say", nil)
}

// showCheck prints the number to compare once it is there.
func (e *env) showCheck(ctx context.Context, d *desk.Desk) {
	for st := range d.Watch(ctx) {
		if j := st.Joining; j.Stage == "compare" {
			e.answer(map[string]string{"state": "comparing", "check": j.Check, "words": j.Words}, "ctl.join.compare", "Check", j.Check, "Words", j.Words)
			return
		}
	}
}

// agrees shows the rules and what is kept, and asks for a yes.
func (e *env) agrees(info camp.JoinInfo) bool {
	if info.Device != "" {
		e.say("ctl.join.device", "Camp", info.Camp, "Name", info.Device)
	} else {
		e.say("ctl.join.head", "Camp", info.Camp, "Host", info.Host)
		for i, t := range info.Rules.Texts {
			e.say("ctl.rules.line", "Number", i+1, "Text", t)
		}
		e.say("ctl.join.kept")
		for _, k := range info.Kept {
			e.say("ctl.join.kept_line", "What", k.What, "HowLong", k.HowLong)
		}
	}
	e.say("ctl.join.agree")
	line, _ := bufio.NewReader(io.LimitReader(e.in, 1<<10)).ReadString('\n')
	word := strings.ToLower(strings.TrimSpace(line))
	return word == "y" || word == "yes" || word == "j" || word == "ja"
}
