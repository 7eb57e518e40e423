package web

import (
	"net/http"
	"strings"

	"camp/node/camp"
)

// bringPage brings a camp back from a backup, in the place of the one that is here.
type bringPage struct {
	frame
	File, Phrase string // as typed
	Camp, Inside string // what the backup holds, once it was opened
}

func (v *visit) bring() error {
	p, err := v.bringPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "hostbring", p)
}

func (v *visit) bringPage() (*bringPage, error) {
	p := &bringPage{File: strings.TrimSpace(v.form.Get("file")), Phrase: strings.TrimSpace(v.form.Get("phrase"))}
	var err error
	if p.frame, err = v.frame("host", v.say("window.bring.title")); err != nil {
		return nil, err
	}
	p.Live = ""
	return p, nil
}

func (v *visit) bringAgain(f *camp.Fault) error {
	p, err := v.bringPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	return v.render(v.status(f), "hostbring", p)
}

// bringDo looks into a backup and, once that was read and the old computer is
// said to be off, brings it back. Nothing is replaced before.
func (v *visit) bringDo() error {
	p, err := v.bringPage()
	if err != nil {
		return err
	}
	if p.Phrase == "" {
		return &camp.Fault{Kind: camp.Invalid, Say: "program.phrase_needed.say"}
	}
	a, err := v.ask(camp.Intent{Do: camp.DoCheck, File: p.File, Phrase: p.Phrase})
	if err != nil {
		return err
	}
	if a.Backup == nil || !a.Backup.Whole {
		return &camp.Fault{Kind: camp.Invalid, Say: "window.bring.broken"}
	}
	if v.form.Get("do") != "bring" || v.form.Get("sure") != "yes" {
		b := a.Backup
		p.Camp, p.Inside = b.Camp, v.say("window.backup.box.whole", "Camp", b.Camp, "When", v.words.exact(b.Made, v.now()), "N", b.Members, "Posts", b.Posts, "Size", v.bytes(b.Bytes))
		if v.form.Get("do") == "bring" {
			p.Fault = v.say("pages.bring.tick")
		}
		return v.render(http.StatusOK, "hostbring", p)
	}
	aside := &asidePage{frame: p.frame, Line: v.say("pages.bring.line"), Again: "/host"}
	aside.Title = v.say("pages.anew.title")
	if err := v.s.o.Desk.Later(camp.Intent{Do: camp.DoRestore, File: p.File, Phrase: p.Phrase, Replace: true, Language: v.words.lang}); err != nil {
		return err
	}
	v.w.Header().Set("Refresh", "10; url=/host")
	return v.render(http.StatusOK, "aside", aside)
}
