package ui

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// palette holds the colours of the look by name; text on each keeps 4.5 : 1.
type palette struct {
	name                             string // "light" or "dark": part of drawings' names
	paper, card, sunk, line          color.NRGBA
	ink, soft                        color.NRGBA
	moss, mossInk, mossWash          color.NRGBA
	ember, emberInk, emberWash       color.NRGBA
	lake, lakeWash                   color.NRGBA
	stop, stopInk, stopWash, focus   color.NRGBA
	hover, press, dim, shadow, faint color.NRGBA
}

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

func alpha(hex uint32, a uint8) color.NRGBA {
	c := rgb(hex)
	c.A = a
	return c
}

func lightPalette() *palette {
	return &palette{
		name: "light", paper: rgb(0xfaf7f1), card: rgb(0xffffff), sunk: rgb(0xf1ece2), line: rgb(0xe2dacb),
		ink: rgb(0x23201b), soft: rgb(0x6a6257), moss: rgb(0x1b6e53), mossInk: rgb(0xffffff), mossWash: rgb(0xe3f0ea),
		ember: rgb(0xb4480f), emberInk: rgb(0xffffff), emberWash: rgb(0xfbeadf), lake: rgb(0x0b5cad), lakeWash: rgb(0xe4eefa),
		stop: rgb(0xb3261e), stopInk: rgb(0xffffff), stopWash: rgb(0xfae6e4), focus: rgb(0x0b5cad),
		hover: alpha(0x3c2d14, 0x12), press: alpha(0x3c2d14, 0x22), dim: alpha(0x3c2d14, 0x70), shadow: alpha(0x3c2d14, 0x18), faint: rgb(0x9a9184),
	}
}

func darkPalette() *palette {
	return &palette{
		name: "dark", paper: rgb(0x171512), card: rgb(0x211e1a), sunk: rgb(0x1b1815), line: rgb(0x37322b),
		ink: rgb(0xefe9df), soft: rgb(0xaca294), moss: rgb(0x5cc8a0), mossInk: rgb(0x10231b), mossWash: rgb(0x1d332a),
		ember: rgb(0xff9a5c), emberInk: rgb(0x2b1708), emberWash: rgb(0x3a2618), lake: rgb(0x7ab8ff), lakeWash: rgb(0x1a2a3c),
		stop: rgb(0xff8a80), stopInk: rgb(0x2c0e0b), stopWash: rgb(0x3b1f1c), focus: rgb(0x7ab8ff),
		hover: alpha(0xefe9df, 0x12), press: alpha(0xefe9df, 0x22), dim: alpha(0x000000, 0xa0), shadow: alpha(0x000000, 0x00), faint: rgb(0x746b5f),
	}
}

// look is a palette at a text size: what every drawing is made with.
type look struct {
	*palette
	percent int // text size, 90 to 200
}

const (
	smallestText = 90
	largestText  = 200

	sizeBody  = 15
	sizeSmall = 13.5
	sizeLarge = 18
	sizeHead  = 21
	sizeTitle = 30
	radius    = 14 // of a card
)

// text scales a size of type.
func (l look) text(px float32) float32 {
	return float32(math.Round(float64(px)*float64(l.percent)/10) / 10)
}

// gap scales a distance: it grows a third as fast as the type.
func (l look) gap(px float32) float32 {
	return float32(math.Round(float64(px * (1 + (float32(l.percent)/100-1)/3))))
}

// campTheme gives Fyne's own widgets (fields, menus, file dialogs) the look.
type campTheme struct {
	look
	fyne.Theme // fonts and icons
}

func newTheme(l look) *campTheme { return &campTheme{look: l, Theme: theme.DefaultTheme()} }

// Color answers from the palette, whatever variant the system has.
func (t *campTheme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	p := t.palette
	switch name {
	case theme.ColorNameBackground:
		return p.paper
	case theme.ColorNameForeground:
		return p.ink
	case theme.ColorNameButton, theme.ColorNameHeaderBackground, theme.ColorNameDisabledButton:
		return p.sunk
	case theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return p.card
	case theme.ColorNameInputBorder, theme.ColorNameSeparator, theme.ColorNameInnerWindowBorder:
		return p.line
	case theme.ColorNamePrimary, theme.ColorNameSuccess:
		return p.moss
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnSuccess:
		return p.mossInk
	case theme.ColorNameSelection:
		return p.mossWash
	case theme.ColorNameFocus:
		return alphaOf(p.focus, 0x50)
	case theme.ColorNameHyperlink:
		return p.lake
	case theme.ColorNameError:
		return p.stop
	case theme.ColorNameForegroundOnError:
		return p.stopInk
	case theme.ColorNameWarning:
		return p.ember
	case theme.ColorNameForegroundOnWarning:
		return p.emberInk
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return p.soft
	case theme.ColorNameHover:
		return p.hover
	case theme.ColorNamePressed:
		return p.press
	case theme.ColorNameShadow:
		return p.shadow
	case theme.ColorNameScrollBar:
		return alphaOf(p.soft, 0x90)
	case theme.ColorNameScrollBarBackground:
		return alphaOf(p.sunk, 0x00)
	}
	if p.name == "dark" {
		return t.Theme.Color(name, theme.VariantDark)
	}
	return t.Theme.Color(name, theme.VariantLight)
}

func alphaOf(c color.NRGBA, a uint8) color.NRGBA { c.A = a; return c }

// Size scales type with the chosen text size and rounds the corners.
func (t *campTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return t.text(sizeBody)
	case theme.SizeNameCaptionText:
		return t.text(sizeSmall)
	case theme.SizeNameSubHeadingText:
		return t.text(sizeLarge)
	case theme.SizeNameHeadingText:
		return t.text(sizeHead)
	case theme.SizeNameInlineIcon:
		return t.text(20)
	case theme.SizeNamePadding:
		return t.gap(4)
	case theme.SizeNameInnerPadding:
		return t.gap(9)
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return 10
	case theme.SizeNameButtonRadius:
		return 99
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius:
		return radius
	case theme.SizeNameModalBlurRadius:
		return 0
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return t.Theme.Size(name)
}

type fyneColor = color.Color

type fyneNRGBA = color.NRGBA
