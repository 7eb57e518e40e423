package ui

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // formats of pictures that people send each other
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"os"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// Bounds of a picture that is looked at for a code.
const (
	scanBytes  = 8 << 20
	scanSide   = 8192 // pixels
	scanPixels = 40 << 20
)

var errNoPicture = errors.New("no picture with a code")

// scanFile reads the QR code of a picture's file.
func scanFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, scanBytes+1))
	if err != nil {
		return "", err
	}
	return scan(raw)
}

// scan reads the QR code of a picture. Its size is judged by its header before
// anything is decoded.
func scan(raw []byte) (text string, err error) {
	if len(raw) > scanBytes {
		return "", fmt.Errorf("%w: larger than %d bytes", errNoPicture, scanBytes)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoPicture, err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > scanSide || c.Height > scanSide || c.Width*c.Height > scanPixels {
		return "", fmt.Errorf("%w: %d by %d", errNoPicture, c.Width, c.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoPicture, err)
	}
	defer func() { // the library was written for pictures of friends
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("%w: %v", errNoPicture, r)
		}
	}()
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoPicture, err)
	}
	found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoPicture, err)
	}
	return found.GetText(), nil
}
