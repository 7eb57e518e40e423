package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"github.com/skip2/go-qrcode"

	"camp/node/camp"
)

// sheetScreen is the recovery sheet: what is needed if this computer dies. The
// phrase is fetched only when it is asked for, and forgotten with the screen.
func (v *View) sheetScreen() fyne.CanvasObject {
	l := v.look
	back := v.backButton(func() { v.visit(PageBackups) })
	head := v.title(v.say("window.sheet.title"), v.say("window.sheet.line"))
	if v.phrase == "" {
		return v.pane(back, head, v.card(v.picture("lantern"), v.body(v.say("window.sheet.private")),
			v.deeds(v.button("window.sheet.show", main, "", v.showPhrase).disabled(v.during(camp.DoRecovery)))))
	}
	parts := []fyne.CanvasObject{v.bold(v.st.Name), v.para(v.phrase, sizeLarge, l.ink).strong().mono()}
	text := stackOf(l.gap(10), parts...)
	whole := container.New(&row{gap: l.gap(20), mark: true, top: true}, v.qr(v.phrase), text)
	again := v.wash(l.emberWash, l.ember, v.say("window.sheet.only_you"))
	saved := v.deeds(
		v.button("window.sheet.print", main, "print", v.printSheet),
		v.button("window.sheet.save", quiet, "file", v.saveSheet),
		v.button("window.sheet.copy", quiet, "copy", func() { v.copy(v.phrase) }),
	)
	done := v.item(nil, v.soft(v.say("window.sheet.safe")),
		v.button("window.sheet.done", quiet, "check", v.sheetDone).disabled(v.during(camp.DoRecoveryDone)))
	if v.st.Recovery {
		done = v.soft(v.say("window.backup.recovery.done"))
	}
	return v.pane(back, head, v.card(whole, v.soft(v.say("window.sheet.how"))), again, saved, v.card(done))
}

func (v *View) showPhrase() {
	v.do(camp.Intent{Do: camp.DoRecovery}, "", func(a camp.Answer) { v.phrase = a.Phrase })
}

// printSheet opens the host's page of the sheet, which every browser can print.
func (v *View) printSheet() { v.openPage(PageRecovery) }

func (v *View) sheetDone() {
	v.do(camp.Intent{Do: camp.DoRecoveryDone}, "", func(camp.Answer) { v.good(v.say("window.sheet.thanks")) })
}

// saveSheet writes the sheet as text to a place of choice.
func (v *View) saveSheet() {
	name := v.say("window.sheet.file", "Camp", fileName(v.st.Name), "Day", v.stamp())
	text := v.say("window.sheet.text", "Camp", v.st.Name, "Address", v.st.Address, "Phrase", v.phrase, "Day", v.day(v.now()))
	v.chooser.Save(name, text, func(path string, err error) {
		if err != nil {
			v.strip = strip{trouble: &trouble{what: v.say("window.sheet.not_saved"), means: v.say("window.sheet.not_saved.do"), detail: err.Error()}}
			v.draw()
			return
		}
		v.do(camp.Intent{Do: camp.DoRecoveryDone}, "", func(camp.Answer) { v.good(v.say("window.sheet.saved", "File", path)) })
	})
}

// fileName keeps what every system allows in a file's name.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, s)
}

// denseQR is from how many bytes on a code is drawn larger.
const denseQR = 200

// qr draws a text as a QR code: one point a module, scaled without smoothing,
// with its white border on every theme.
func (v *View) qr(text string) fyne.CanvasObject {
	side, safety := v.look.gap(168), qrcode.Medium
	if len(text) > denseQR { // a phone's configuration: larger points, less repeated
		side, safety = v.look.gap(236), qrcode.Low
	}
	code, err := qrcode.New(text, safety)
	if err != nil {
		return nil // longer than a code holds: the words alone must do
	}
	img := canvas.NewImageFromImage(code.Image(-1))
	img.ScaleMode, img.FillMode = canvas.ImageScalePixels, canvas.ImageFillContain
	return container.New(&fixed{fyne.NewSize(side, side)}, img)
}
