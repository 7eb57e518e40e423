package ui

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"camp/assets"
)

func hexOf(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// drawing gives one of our line drawings in the colours of the look. Fyne
// remembers drawings by name and at one size only, so both stand in the name.
func (v *View) drawing(name string, ink color.NRGBA, wide, tall float32) *canvas.Image {
	key := fmt.Sprintf("%s-%s-%s-%.0f.svg", name, v.look.name, hexOf(ink)[1:], tall)
	res, ok := v.drawings[key]
	if !ok {
		raw, err := assets.UIIcons.ReadFile("icons/ui_" + name + ".svg")
		if err != nil {
			panic("ui: no drawing " + name) // a programmer's mistake: the files are embedded
		}
		svg := strings.NewReplacer("currentColor", hexOf(ink), "MOSS", hexOf(v.look.moss),
			"EMBER", hexOf(v.look.ember), "CARD", hexOf(v.look.card)).Replace(string(raw))
		res = fyne.NewStaticResource(key, []byte(svg))
		v.drawings[key] = res
	}
	img := canvas.NewImageFromResource(res)
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(wide, tall))
	return img
}

// icon is a square line drawing that grows with the text.
func (v *View) icon(name string, ink color.NRGBA, size float32) fyne.CanvasObject {
	s := v.look.text(size)
	return v.drawing(name, ink, s, s)
}

// picture is the drawing of an empty screen.
func (v *View) picture(name string) fyne.CanvasObject {
	w, h := v.look.gap(160), v.look.gap(96)
	return container.New(&fixed{fyne.NewSize(w, h)}, v.drawing("draw_"+name, v.look.soft, w, h))
}

// face is a round mark with the first letter of a name, in a colour that
// belongs to the name.
func (v *View) face(name string, size float32) fyne.CanvasObject {
	hues := [...]uint32{0xa3622b, 0x3f6f5a, 0x6a5a8c, 0x8a4b4b, 0x4a6785, 0x7a6a53, 0x5f6b2d, 0x8c5a7a}
	sum := 0
	for _, r := range name {
		sum = sum*31 + int(r)
	}
	letter := "?"
	for _, r := range strings.TrimPrefix(strings.TrimSpace(name), "@") {
		letter = strings.ToUpper(string(r))
		break
	}
	return v.mark(letter, rgb(hues[uint(sum)%uint(len(hues))]), size)
}

// mark is a filled circle with a sign in it.
func (v *View) mark(sign string, fill color.NRGBA, size float32) fyne.CanvasObject {
	s := v.look.text(size)
	back := canvas.NewCircle(fill)
	t := canvas.NewText(sign, rgb(0xffffff))
	t.TextSize, t.TextStyle, t.Alignment = s*0.46, fyne.TextStyle{Bold: true}, fyne.TextAlignCenter
	return container.New(&fixed{fyne.NewSize(s, s)}, back, t)
}
