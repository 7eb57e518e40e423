package ui

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/skip2/go-qrcode"
)

func TestScan(t *testing.T) {
	png, err := qrcode.Encode(testCode().Code, qrcode.Medium, 480)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := scan(png); err != nil || got != testCode().Code {
		t.Errorf("read %q, %v", got, err)
	}
	bomb := hugePNG(60000, 60000)
	for name, raw := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "cut off": png[:len(png)/2], "a bomb": bomb, "too large": bytes.Repeat([]byte{1}, scanBytes+1)} {
		if got, err := scan(raw); err == nil {
			t.Errorf("%s: read %q", name, got)
		}
	}
}

// hugePNG is the header of a picture that would fill the memory.
func hugePNG(w, h uint32) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	head = append(head, 8, 2, 0, 0, 0)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(head)-4)))
	b.Write(head)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(head)))
	return b.Bytes()
}
