package web

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"camp/node/camp"
)

// phonePage makes the way in for somebody with a phone alone. What it made is
// shown once and kept nowhere: the pictures stand in the page itself.
type phonePage struct {
	frame
	Note   string
	Made   bool
	Config phoneCode  // for the official app
	Six    *phoneCode // the same without the range that may clash; nil: there is none
	Web    phoneCode  // the camp's address
	Narrow string
}

// phoneCode is a text, and how it looks to a camera.
type phoneCode struct {
	Text string
	Code template.HTML
}

func (v *visit) phone() error {
	p, err := v.phonePage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "phone", p)
}

func (v *visit) phonePage() (*phonePage, error) {
	p := &phonePage{}
	var err error
	p.frame, err = v.frame("host", v.say("window.invite.phone_only"))
	return p, err
}

func (v *visit) phoneAgain(f *camp.Fault) error {
	p, err := v.phonePage()
	if err != nil {
		return err
	}
	p.Fault, p.Note = v.sayFault(f), v.form.Get("note")
	return v.render(v.status(f), "phone", p)
}

func (v *visit) makePhone() error {
	p, err := v.phonePage()
	if err != nil {
		return err
	}
	a, err := v.ask(camp.Intent{Do: camp.DoInvite, Name: v.form.Get("note"), Phone: true})
	if err != nil {
		return err
	}
	if a.Invite == nil {
		return fmt.Errorf("make a phone's way in: no answer")
	}
	p.Made = true
	if p.Config, err = codeOf(a.Invite.Code, v.say("pages.phone.alt")); err != nil {
		return err
	}
	if p.Web, err = codeOf(a.Invite.Web, v.say("pages.phone.alt_web")); err != nil {
		return err
	}
	if a.Invite.Six != "" {
		six, err := codeOf(a.Invite.Six, v.say("pages.phone.alt"))
		if err != nil {
			return err
		}
		p.Six = &six
	}
	if a.Invite.Narrow != "" {
		p.Narrow = v.say(a.Invite.Narrow)
	}
	return v.render(http.StatusOK, "phone", p)
}

// codeOf draws a text as a QR code within the page: a picture of its own would
// need the text to be kept somewhere.
func codeOf(text, alt string) (phoneCode, error) {
	q, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return phoneCode{}, fmt.Errorf("draw a code: %w", err)
	}
	rows := q.Bitmap() // with its white border
	var path strings.Builder
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			n := 0
			for x+n < len(row) && row[x+n] {
				n++
			}
			if n > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x, y, n, n)
				x += n
			}
		}
	}
	size := strconv.Itoa(len(rows))
	svg := `<svg class="qr" viewBox="0 0 ` + size + " " + size + `" role="img" aria-label="` + template.HTMLEscapeString(alt) +
		`" shape-rendering="crispEdges"><rect width="` + size + `" height="` + size + `" fill="#fff"/><path fill="#000" d="` + path.String() + `"/></svg>`
	return phoneCode{Text: text, Code: template.HTML(svg)}, nil //nolint:gosec // numbers, and a sentence of ours that was escaped
}
