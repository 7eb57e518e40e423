package media

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/bbrks/go-blurhash"
)

// blurSide is the longer side of the picture that a blurhash is reckoned from: it
// holds four colours across, and the time it takes grows with the area.
const blurSide = 32

// blur gives the blurhash of a picture: some thirty signs from which others draw a
// few soft colours until the picture has come. What shows through is white. "" for
// no picture.
func blur(ctx context.Context, m *image.NRGBA) (string, error) {
	if m == nil {
		return "", nil
	}
	w, h := fit(m.Rect.Dx(), m.Rect.Dy(), blurSide)
	less, err := shrink(ctx, m, m.Rect, w, h)
	if err != nil {
		return "", err
	}
	solid := image.NewNRGBA(less.Rect)
	draw.Draw(solid, solid.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(solid, solid.Rect, less, image.Point{}, draw.Over)
	across, down := 4, 3
	if h > w {
		across, down = 3, 4
	}
	hash, err := blurhash.Encode(min(across, w), min(down, h), solid) // of more than there are points it would be nonsense
	if err != nil {
		return "", fmt.Errorf("reckon a blurhash: %w", err)
	}
	return hash, nil
}
