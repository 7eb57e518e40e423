package porch

import (
	"net/http"
	"time"

	"camp/assets"
	"camp/node/camp"
)

// campLine is one camp of somebody else's, in words.
type campLine struct {
	ID, Camp, Host, Line, Answer, Words string
	In, Connected, Waiting              bool
	Question, Reply                     string // while waiting
	Leaves                              string // the day one leaves, "" for never
}

// lines say how it stands with the camps of others.
func (p *Porch) lines(all []camp.Membership, words *assets.Words) (list []campLine) {
	for _, m := range all {
		leaves := ""
		if m.State.In() && !m.Leaves.IsZero() {
			leaves = p.moment(m.Leaves)
		}
		list = append(list, campLine{
			Question: m.Question, Reply: m.Reply, Leaves: leaves,
			ID: m.ID, Camp: m.Camp, Host: m.Host, Line: p.standing(m, words), Answer: m.Answer, Words: m.Words,
			In: m.State.In(), Connected: m.Link == "connected", Waiting: m.State == camp.Waiting,
		})
	}
	return list
}

func (p *Porch) standing(m camp.Membership, words *assets.Words) string {
	return words.Say(m.Says(), "Host", m.Host, "When", p.moment(m.Since), "N", m.Unread, "Path", words.Say(m.PathSays()))
}

// moment writes a time of today as a clock shows it, any other as a day.
func (p *Porch) moment(t time.Time) string {
	t, now := t.Local(), p.opt.Now().Local()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format(time.DateOnly)
}

// lookAgain is after how many seconds the list of camps is drawn anew while
// something in it is about to change: time enough to read four words aloud.
const lookAgain = "20"

// camps shows the camps of others, with what was refused where f is set. Where a
// camp of one's own lives here they stand on its page.
func (p *Porch) camps(w http.ResponseWriter, r *http.Request, f *camp.Fault) {
	name := "camps"
	switch st := p.opt.Desk.State(); {
	case st.Phase == camp.On || st.Phase == camp.Paused:
		name = "on"
	case st.Exists:
		name = "choices"
	}
	if f == nil && camp.LookAgain(p.opt.Desk.State().Memberships) {
		w.Header().Set("Refresh", lookAgain+"; url=/")
	}
	p.show(w, r, faultStatus(f), name, func(v *page, words *assets.Words) {
		v.Say = sayFault(words, f)
		if key, ok := campSaid[r.FormValue("said")]; f == nil && ok {
			v.Said = words.Say(key)
		}
	})
}

// campSaid are the sentences about what was just done, by what stands in the address.
var campSaid = map[string]string{"rekeyed": "window.rekey.done"}

// campOpen leads into a camp of somebody else's, signed in by this device.
func (p *Porch) campOpen(w http.ResponseWriter, r *http.Request) {
	if err := p.lead(w, r, camp.Intent{Do: camp.DoJoinLink, ID: r.PostFormValue("id")}); err != nil {
		p.camps(w, r, p.faultOf("camps", err))
	}
}

// campReply answers what the host of a camp asks back.
func (p *Porch) campReply(w http.ResponseWriter, r *http.Request) {
	p.campDoes(w, r, camp.Intent{Do: camp.DoJoinReply, Message: r.PostFormValue("reply")}, "/")
}

// campLeave begins to leave a camp; what becomes of one's posts has to be chosen.
func (p *Porch) campLeave(w http.ResponseWriter, r *http.Request) {
	posts := r.PostFormValue("posts")
	if posts != "keep" && posts != "erase" {
		p.camps(w, r, camp.NewFault(camp.Invalid, "porch.form.say", nil))
		return
	}
	p.campDoes(w, r, camp.Intent{Do: camp.DoJoinLeave, Erase: posts == "erase"}, "/")
}

// campRekey gives this computer a new key in a camp.
func (p *Porch) campRekey(w http.ResponseWriter, r *http.Request) {
	p.campDoes(w, r, camp.Intent{Do: camp.DoJoinRekey}, "/?said=rekeyed")
}

// campDoes asks something of the camp that a form names, and goes on to a page.
func (p *Porch) campDoes(w http.ResponseWriter, r *http.Request, in camp.Intent, next string) {
	in.ID = r.PostFormValue("id")
	if _, err := p.opt.Desk.Do(r.Context(), in); err != nil {
		p.camps(w, r, p.faultOf("camps", err))
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// campEnds takes a request or one's leaving back, or forgets a camp.
func (p *Porch) campEnds(do string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { p.campDoes(w, r, camp.Intent{Do: do}, "/") }
}
