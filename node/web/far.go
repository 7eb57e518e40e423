package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"camp/node/camp"
)

// farRoutes are about people: how members stand with each other and with people
// on other servers.
func farRoutes() []route {
	return []route{
		{pattern: "GET /elsewhere", need: joined, do: far((*visit).elsewhere)},
		{pattern: "POST /elsewhere", need: joined, do: far((*visit).find), again: (*visit).elsewhereAgain},
		{pattern: "POST /person/{id}/follow", need: joined, do: far((*visit).follow), again: (*visit).refused},
		{pattern: "POST /person/{id}/unfollow", need: joined, do: far((*visit).unfollow), again: (*visit).refused},
		{pattern: "POST /person/{id}/answer", need: joined, do: far((*visit).answerFollow), again: (*visit).refused},
		{pattern: "GET /person/{id}/mute", need: joined, do: (*visit).askMute},
		{pattern: "POST /person/{id}/mute", need: joined, do: (*visit).mute, again: (*visit).refused},
		{pattern: "GET /person/{id}/block", need: joined, do: (*visit).askBlock},
		{pattern: "POST /person/{id}/block", need: joined, do: (*visit).blockPerson, again: (*visit).refused},
		{pattern: "GET /me/following", need: joined, do: far((*visit).following)},
		{pattern: "GET /me/followers", need: joined, do: far((*visit).followers)},
		{pattern: "GET /me/away", need: joined, do: (*visit).away},
		{pattern: "GET /me/elsewhere", need: joined, do: far((*visit).reach)},
		{pattern: "POST /me/elsewhere", need: joined, do: far((*visit).setReach), again: (*visit).reachAgain},
		{pattern: "POST /me/elsewhere/from", need: joined, do: far((*visit).cameFrom), again: (*visit).reachAgain},
		{pattern: "POST /me/elsewhere/from/remove", need: joined, do: far((*visit).dropFrom), again: (*visit).reachAgain},
		{pattern: "POST /me/elsewhere/to", need: joined, do: far((*visit).moveTo), again: (*visit).reachAgain},
		{pattern: "GET /me/lists", need: joined, do: far((*visit).lists)},
		{pattern: "GET /me/lists/{file}", need: joined, do: far((*visit).listFile)},
		{pattern: "POST /me/lists", need: joined, form: paper, do: far((*visit).bringList), again: (*visit).listsAgain},
		{pattern: "POST /me/lists/end", need: joined, do: far((*visit).endList), again: (*visit).listsAgain},
		{pattern: "GET /waiting-to-go", need: helping, do: far((*visit).waitingToGo)},
		{pattern: "POST /blocks/preview", need: helping, do: (*visit).previewBlock, again: (*visit).blocksAgain},
	}
}

// far is for pages that only a camp has which talks with other servers.
func far(do func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if !v.outside() {
			return errNowhere
		}
		return do(v)
	}
}

// refused says why a deed that has no form of its own was not done.
func (v *visit) refused(f *camp.Fault) error {
	if f.Kind == camp.NotFound {
		return f
	}
	v.fault(f)
	return nil
}

// elsewherePage looks for somebody on another server.
type elsewherePage struct {
	frame
	Who string // typed
}

func (v *visit) elsewhere() error {
	return v.showElsewhere(http.StatusOK, v.r.URL.Query().Get("who"), "")
}

func (v *visit) showElsewhere(status int, who, fault string) error {
	p := &elsewherePage{Who: camp.CleanLine(who, maxTyped)}
	var err error
	if p.frame, err = v.frame("people", v.say("web.far.find.title")); err != nil {
		return err
	}
	p.Fault = fault
	return v.render(status, "elsewhere", p)
}

func (v *visit) elsewhereAgain(f *camp.Fault) error {
	return v.showElsewhere(v.status(f), v.form.Get("who"), v.sayFault(f))
}

// maxTyped bounds a name or an address that is looked up, in characters.
const maxTyped = 1000

var errNoName = &camp.Fault{Kind: camp.Invalid, Say: "web.far.find.how"}

// find looks somebody up, or a post, and goes there.
func (v *visit) find() error {
	typed := strings.TrimSpace(v.form.Get("who"))
	who, ok := farName(typed)
	if !ok {
		return errNoName
	}
	if name, host, _ := strings.Cut(who, "@"); v.isHome(host) {
		return v.to("/@" + url.PathEscape(name))
	}
	r, err := v.lookUp(who)
	if err == nil {
		return v.to("/@" + url.PathEscape(r.Handle()))
	}
	if f := camp.AsFault(err); !isAddress(who) || v.s.o.Finder == nil || f.Kind != camp.NotFound && f.Kind != camp.Invalid {
		return err
	}
	id, perr := v.s.o.Finder.Post(v.ctx(), v.actor, who)
	if perr != nil {
		return err
	}
	return v.to("/post/" + id.String())
}

// lookUp asks whoever can be asked for a person; without a finder that is what
// the camp keeps.
func (v *visit) lookUp(who string) (camp.Remote, error) {
	if v.s.o.Finder != nil {
		return v.s.o.Finder.Person(v.ctx(), v.actor, who)
	}
	if isAddress(who) {
		return v.s.o.Ties.PersonAt(v.ctx(), v.actor, who)
	}
	return v.s.o.Ties.PersonCalled(v.ctx(), v.actor, strings.ToLower(who))
}

// isHome reports whether a name behind the @ is this camp's.
func (v *visit) isHome(host string) bool {
	return strings.EqualFold(host, v.house.Address())
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// farName reads a name with a server ("@ana@far.example", without the first @),
// or the address of a page. Whether there is such a server is not its question.
func farName(typed string) (string, bool) {
	if typed == "" || len(typed) > maxTyped || camp.CleanLine(typed, maxTyped) != typed || strings.Contains(typed, " ") {
		return "", false
	}
	if isAddress(typed) {
		u, err := url.Parse(typed)
		return typed, err == nil && u.Host != "" && u.User == nil
	}
	who := strings.TrimPrefix(typed, "@")
	name, host, both := strings.Cut(who, "@")
	dot := strings.Index(host, ".")
	return who, both && name != "" && dot > 0 && dot < len(host)-1 && !strings.ContainsAny(who[len(name)+1:], "@/\\?#:") && !strings.ContainsAny(name, "/\\?#:()<>\"")
}

// farWords gives what was searched for where it is a name or an address
// elsewhere, and the camp talks with others.
func (v *visit) farWords(words string) string {
	who, ok := farName(words)
	if _, host, _ := strings.Cut(who, "@"); !ok || !v.outside() || v.isHome(host) && !isAddress(who) {
		return ""
	}
	return words
}

// aboutPerson reports whether a notice is about a person and no post.
func aboutPerson(k camp.NoticeKind) bool {
	switch k {
	case camp.NoticeFollow, camp.NoticeAsk, camp.NoticeMoved, camp.NoticeReport, camp.NoticeDecided, camp.NoticeRules, camp.NoticeRulesBack:
		return true
	}
	return false
}

// whoAsks marks the notices about somebody who still waits for an answer.
func (v *visit) whoAsks(list []camp.NoticeView, notes []notice) error {
	var ids []camp.MemberID
	for _, n := range list {
		if n.Kind == camp.NoticeAsk && !slices.Contains(ids, n.From.ID) {
			ids = append(ids, n.From.ID)
		}
	}
	if len(ids) == 0 || !v.outside() {
		return nil
	}
	rels, err := v.s.o.Ties.Relations(v.ctx(), v.actor, ids)
	if err != nil {
		return err
	}
	for _, r := range rels {
		if r.Followed == nil || r.Followed.Accepted {
			continue
		}
		for i, n := range list {
			if n.Kind == camp.NoticeAsk && n.From.ID == r.Whom {
				notes[i].Ask = r.Whom.String()
			}
		}
	}
	return nil
}
