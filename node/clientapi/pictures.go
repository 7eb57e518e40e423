package clientapi

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	"camp/assets"
	"camp/node/camp"
)

// Everybody needs a picture: there are apps that fail without one (client-api.md
// 1). Those who set none get one of twelve plain ones, as on the camp's pages,
// and the same plain banner. They say nothing about anybody, so they are open.

const (
	facePath   = "/api/camp/face/" // and a number
	bannerPath = "/api/camp/banner"
	iconPath   = "/api/camp/icon"

	faceSide             = 160 // pixels
	bannerWide, bannerHi = 600, 200
)

var tints = []color.RGBA{
	{0x8c, 0x4a, 0x2f, 255},
	{0x9a, 0x6b, 0x1f, 255},
	{0x7a, 0x7a, 0x2a, 255},
	{0x4f, 0x7d, 0x32, 255},
	{0x2f, 0x7d, 0x55, 255},
	{0x2b, 0x7a, 0x7a, 255},
	{0x2f, 0x68, 0x8c, 255},
	{0x44, 0x58, 0x9a, 255},
	{0x64, 0x4c, 0x9a, 255},
	{0x84, 0x45, 0x8c, 255},
	{0x96, 0x42, 0x6c, 255},
	{0x8c, 0x42, 0x4a, 255},
}

func drawPictures() (faces [][]byte, banner []byte, err error) {
	for _, t := range tints {
		raw, err := encode(drawFace(t))
		if err != nil {
			return nil, nil, err
		}
		faces = append(faces, raw)
	}
	plain := image.NewPaletted(image.Rect(0, 0, bannerWide, bannerHi), color.Palette{color.RGBA{0x5a, 0x66, 0x5c, 255}})
	banner, err = encode(plain)
	return faces, banner, err
}

// drawFace draws head and shoulders, light on the tint.
func drawFace(tint color.RGBA) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, faceSide, faceSide), color.Palette{tint, color.RGBA{0xf4, 0xf1, 0xea, 255}})
	within := func(x, y, cx, cy, r int) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r }
	for y := range faceSide {
		for x := range faceSide {
			if within(x, y, faceSide/2, 62, 30) || within(x, y, faceSide/2, 158, 56) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	return img
}

func encode(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw a picture: %w", err)
	}
	return b.Bytes(), nil
}

// faceOf is the number of somebody's plain face.
func faceOf(id camp.MemberID) int {
	return int(uint64(id) * 0x9e3779b97f4a7c15 >> 40 % uint64(len(tints)))
}

func (c *call) plainFace() error {
	n, err := strconv.Atoi(c.path[0])
	if err != nil || n < 0 || n >= len(c.a.faces) {
		return errNoRecord
	}
	return c.openPicture(c.a.faces[n])
}

func (c *call) plainBanner() error { return c.openPicture(c.a.banner) }

func (c *call) icon() error { return c.openPicture(assets.AppIcon(512)) }

func (c *call) openPicture(raw []byte) error {
	c.w.Header().Set("Cache-Control", "public, max-age=86400")
	return c.content("image/png", bytes.NewReader(raw))
}
