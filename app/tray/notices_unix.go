//go:build unix && !darwin

package tray

import (
	"bytes"
	"context"
	"html"
	"image"
	"image/draw"
	"image/png"

	"github.com/godbus/dbus/v5"

	"camp/assets"
)

// busNotices are notifications by the session bus. say and drop may be called
// from anywhere; all else happens in serve.
type busNotices struct {
	conn  *dbus.Conn
	queue chan busNotice
	click chan string

	ids   map[string]uint32 // those on the screen, by key
	pages map[uint32]string // and where their click leads
	icon  dbus.Variant
}

// busNotice is one to show, or with drop to take away.
type busNotice struct {
	key, text, button, page string
	drop                    bool
}

// waitingNotices bounds the queue: more at once would help nobody.
const waitingNotices = 16

func newBusNotices(conn *dbus.Conn) *busNotices {
	return &busNotices{
		conn: conn, queue: make(chan busNotice, waitingNotices), click: make(chan string, waitingNotices),
		ids: map[string]uint32{}, pages: map[uint32]string{}, icon: noticeIcon(),
	}
}

func (b *busNotices) say(key, text, button, page string) {
	b.put(busNotice{key: key, text: text, button: button, page: page})
}

func (b *busNotices) drop(key string) { b.put(busNotice{key: key, drop: true}) }

func (b *busNotices) put(n busNotice) {
	select {
	case b.queue <- n:
	default:
	}
}

func (b *busNotices) clicked() <-chan string { return b.click }

// send shows a notice in place of the last one of its key, for as long as the
// desktop usually shows them; or takes it away.
func (b *busNotices) send(ctx context.Context, n busNotice) {
	ctx, cancel := context.WithTimeout(ctx, busTime)
	defer cancel()
	o := b.conn.Object(noticeName, noticePath)
	old := b.ids[n.key]
	if n.drop {
		if old != 0 {
			b.closed(old)
			_ = o.CallWithContext(ctx, noticeName+".CloseNotification", 0, old).Err
		}
		return
	}
	hints := map[string]dbus.Variant{
		"desktop-entry": dbus.MakeVariant("camp.desktop.Camp"),
		"urgency":       dbus.MakeVariant(byte(1)),
		"image-data":    b.icon,
	}
	var id uint32
	// Desktop Notifications 1.2: the body may hold markup, so signs of it are escaped.
	call := o.CallWithContext(ctx, noticeName+".Notify", 0, "Camp", old, "", "Camp", html.EscapeString(n.text),
		[]string{"default", n.button}, hints, int32(-1))
	if call.Store(&id) != nil {
		return // a desktop without notifications
	}
	delete(b.pages, old)
	b.ids[n.key], b.pages[id] = id, n.page
}

// invoked is a click on a notice.
func (b *busNotices) invoked(id uint32) {
	page, ours := b.pages[id]
	if !ours {
		return
	}
	select {
	case b.click <- page:
	default:
	}
}

// closed forgets a notice that is no longer on the screen.
func (b *busNotices) closed(id uint32) {
	delete(b.pages, id)
	for key, have := range b.ids {
		if have == id {
			delete(b.ids, key)
		}
	}
}

// noticeIcon is Camp's icon as the hint "image-data": width, height, bytes a
// row, has alpha, bits a sample, channels, samples.
func noticeIcon() dbus.Variant {
	img, err := png.Decode(bytes.NewReader(assets.AppIcon(48)))
	if err != nil {
		panic("tray: the embedded icon is no PNG")
	}
	p := image.NewNRGBA(img.Bounds())
	draw.Draw(p, p.Bounds(), img, image.Point{}, draw.Src)
	return dbus.MakeVariant(struct {
		W, H, Stride int32
		Alpha        bool
		Bits, Chans  int32
		Data         []byte
	}{int32(p.Rect.Dx()), int32(p.Rect.Dy()), int32(p.Stride), true, 8, 4, p.Pix})
}
