package web

import (
	"fmt"
	"net/http"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"camp/node/camp"
)

// recoveryPage is the recovery sheet: what is needed if this computer dies.
type recoveryPage struct {
	frame
	Groups  []string // of the phrase, in their order
	House   string
	Address string
	Date    string
	Folder  string // where the backups lie
	Done    bool
}

func (v *visit) recovery() error {
	a, err := v.ask(camp.Intent{Do: camp.DoRecovery})
	if err != nil {
		return err
	}
	st := v.s.o.Desk.State()
	p := &recoveryPage{
		House: v.house.Name, Address: v.house.Address(), Date: v.words.date(v.now(), v.now().AddDate(-1, 0, 0)),
		Folder: st.Backup.Folder, Done: st.Recovery,
	}
	p.Groups = strings.FieldsFunc(a.Phrase, func(r rune) bool { return r == ' ' || r == '-' })
	if p.frame, err = v.frame("host", v.say("web.sheet.title")); err != nil {
		return err
	}
	p.Live = ""
	return v.render(http.StatusOK, "recovery", p)
}

const codeSize = 480 // pixels; printed at 4 cm that is 300 a inch

// recoveryCode draws the phrase as a QR code.
func (v *visit) recoveryCode() error {
	a, err := v.ask(camp.Intent{Do: camp.DoRecovery})
	if err != nil {
		return err
	}
	return v.code(a.Phrase)
}

// code answers with a text drawn as a QR code.
func (v *visit) code(text string) error {
	png, err := qrcode.Encode(text, qrcode.Medium, codeSize)
	if err != nil {
		return fmt.Errorf("draw a code: %w", err)
	}
	v.w.Header().Set("Content-Type", "image/png")
	_, _ = v.w.Write(png) // the reader went away: nobody to tell
	return nil
}

func (v *visit) recoveryDone() error {
	if _, err := v.ask(camp.Intent{Do: camp.DoRecoveryDone}); err != nil {
		return err
	}
	return v.to("/host?said=recovery")
}
