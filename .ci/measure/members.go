package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/camp"
	"camp/tunnel"
	"camp/tunnel/guest"
	"camp/tunnel/invite"
)

// What a camp of a hundred people may take, in KiB.
const (
	restGoal  = 60 << 10
	fetchGoal = 200 << 10
	fetchSize = 1 << 20 // bytes that each member fetches, at least
)

// friend is a device in this process: the same program's side of the tunnel as
// a member's computer runs.
type friend struct {
	key    guest.Key
	keeper *guest.Keeper
	http   *http.Client
}

// withMembers measures a camp to which as many devices are connected as it holds
// people: the host's place goes to a second device of the first member.
func withMembers(ctx context.Context, o options, dir string) ([]figure, error) {
	if err := found(o, dir); err != nil {
		return nil, err
	}
	p, err := start(o, dir)
	if err != nil {
		return nil, err
	}
	all, err := measured(ctx, o, dir, p)
	return all, errors.Join(err, p.stop())
}

func measured(ctx context.Context, o options, dir string, p *process) ([]figure, error) {
	h := &hosted{o: o, dir: dir, p: p}
	if err := h.open(); err != nil {
		return nil, err
	}
	alone := h.rest()
	var friends []*friend
	for n := range o.members - 1 {
		f, err := h.letIn(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("member %d: %w", n, err)
		}
		friends = append(friends, f)
	}
	own, stop := context.WithCancel(ctx)
	var all errgroup.Group
	defer func() { stop(); _ = all.Wait() }()
	if err := h.connect(own, &all, friends); err != nil {
		return nil, err
	}
	more, err := h.further(ctx, friends[0])
	if err != nil {
		return nil, fmt.Errorf("a further device: %w", err)
	}
	if err := h.connect(own, &all, []*friend{more}); err != nil {
		return nil, err
	}
	friends = append(friends, more)
	connected := h.rest()
	size, took, peak, err := h.fetch(ctx, friends)
	if err != nil {
		return nil, err
	}
	after := h.rest()
	return []figure{
		{what: "memory at rest, nobody connected (of it not files)", got: alone.String()},
		{what: fmt.Sprintf("memory at rest, %d devices connected (of it not files)", len(friends)), got: connected.String(), goal: "60 MiB", bad: connected.all > restGoal},
		{
			what: fmt.Sprintf("most memory while all %d fetch one picture of %s at once", len(friends), mib(int64(size)>>10)), got: mib(peak),
			goal: "200 MiB", bad: peak > fetchGoal,
		},
		{what: "the same, until the last one had it whole", got: ms(took)},
		{what: "memory at rest afterwards (of it not files)", got: after.String(), goal: "60 MiB", bad: after.all > restGoal},
	}, nil
}

// resident is what a process has in memory, in KiB, and what of it is no file.
type resident struct{ all, own int64 }

func (r resident) String() string { return mib(r.all) + " (" + mib(r.own) + ")" }

// hosted is the camp under measurement.
type hosted struct {
	o   options
	dir string
	p   *process
	at  []netip.AddrPort // where its tunnel listens
}

func (h *hosted) rest() resident {
	comeToRest(h.o, h.p)
	all, own := memory(h.p.cmd.Process.Pid)
	return resident{all, own}
}

// ctl asks the camp as its host does.
func (h *hosted) ctl(out any, args ...string) error {
	var words bytes.Buffer
	c := exec.Command(h.o.camp, append([]string{"ctl", "--data", h.dir, "--json"}, args...)...)
	c.Stderr = &words
	raw, err := c.Output()
	if err != nil {
		return fmt.Errorf("ctl %s: %w %s", args[0], err, words.Bytes())
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}

func (h *hosted) open() error {
	if err := h.ctl(nil, "reach", "off"); err != nil { // no router is asked
		return err
	}
	var st struct{ Tunnel string }
	if err := h.ctl(&st, "status"); err != nil {
		return err
	}
	at, err := netip.ParseAddrPort(st.Tunnel)
	h.at = []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port())} // it listens on all addresses
	return err
}

// letIn has somebody ask by a code, and approves.
func (h *hosted) letIn(ctx context.Context, n int) (*friend, error) {
	var inv struct{ Code string }
	if err := h.ctl(&inv, "invite", "new"); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("friend_%d", n)
	f, err := h.ask(ctx, inv.Code, name)
	if err == nil {
		err = h.ctl(nil, "member", "approve", name)
	}
	return f, err
}

// further adds a second device of a member's.
func (h *hosted) further(ctx context.Context, f *friend) (*friend, error) {
	var inv struct{ Code string }
	if err := f.keeper.Link().Ask(ctx, http.MethodPost, "/v1/devices/invite", "en", struct{}{}, &inv); err != nil {
		return nil, err
	}
	return h.ask(ctx, inv.Code, "")
}

// ask makes a key and asks with it by a code.
func (h *hosted) ask(ctx context.Context, code, name string) (*friend, error) {
	inv, err := invite.Decode(code)
	if err != nil {
		return nil, err
	}
	a, err := guest.NewAsker(inv, "en", rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	a.Also(h.at)
	info, err := a.Info(ctx)
	if err != nil {
		return nil, err
	}
	time.Sleep(100 * time.Millisecond) // WireGuard takes two beginnings of one key within a moment for a flood; people read first
	f := &friend{key: guest.Key{Camp: inv.CampKey}}
	if _, err := io.ReadFull(rand.Reader, f.key.Private[:]); err != nil {
		return nil, err
	}
	invite.Clamp(&f.key.Private)
	ans, err := a.Join(ctx, f.key.Private, name, "", "computer", info.Rules.Version, info.Rules.Hash)
	if err != nil {
		return nil, err
	}
	six, four := tunnel.NewPlan(inv.CampKey).Device(ans.Serial)
	f.key.Inner = []netip.Addr{six, four}
	return f, nil
}

// connect keeps these connected until ctx ends, and returns once all are.
func (h *hosted) connect(ctx context.Context, all *errgroup.Group, friends []*friend) error {
	in := make(chan struct{}, len(friends))
	for _, f := range friends {
		var once sync.Once
		f.keeper = guest.NewKeeper(guest.KeepOptions{
			Key: f.key, Language: func() string { return "en" }, Ways: func() []netip.AddrPort { return h.at },
			Told: func(a camp.JoinAnswer) {
				if a.State == camp.Joined {
					once.Do(func() { in <- struct{}{} })
				}
			},
			Changed: func(string, string) {}, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler),
		})
		all.Go(func() error { return f.keeper.Run(ctx) })
	}
	late := time.After(2 * time.Minute)
	for n := range friends {
		select {
		case <-in:
		case <-late:
			return fmt.Errorf("only %d of %d are connected", n, len(friends))
		}
	}
	return nil
}

var (
	hiddenToken = regexp.MustCompile(`name="csrf" value="([^"]+)"`)
	pictureAt   = regexp.MustCompile(`/media/[0-9a-z]+`)
)

// post has the host post a picture, and gives where it is.
func (h *hosted) post() (path string, err error) {
	var link struct{ URL string }
	if err := h.ctl(&link, "link"); err != nil {
		return "", err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	page, err := get(client, link.URL)
	if err != nil {
		return "", err
	}
	token := hiddenToken.FindSubmatch(page)
	if token == nil {
		return "", errors.New("the home page has no form")
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("csrf", string(token[1]))
	_ = w.WriteField("text", "for everybody")
	part, err := w.CreateFormFile("file1", "noise.jpg")
	if err == nil {
		err = noise(part)
	}
	if err != nil {
		return "", err
	}
	_ = w.Close()
	req, err := http.NewRequest(http.MethodPost, h.p.web+"/post", &form)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", h.p.web)
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	page, err = io.ReadAll(res.Body)
	if found := pictureAt.Find(page); found != nil {
		return string(found), err
	}
	return "", fmt.Errorf("no picture after posting it: %s %w", res.Status, err)
}

// noise writes a picture that no format makes small.
func noise(to io.Writer) error {
	const side = 1180 // pixels: a little over fetchSize as the camp keeps it
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	dots := make([]byte, 3*side*side)
	if _, err := rand.Read(dots); err != nil {
		return err
	}
	for i := range side * side {
		img.SetRGBA(i%side, i/side, color.RGBA{dots[3*i], dots[3*i+1], dots[3*i+2], 255})
	}
	return jpeg.Encode(to, img, &jpeg.Options{Quality: 90})
}

// signIn gives a friend a browser's session, through the tunnel.
func (f *friend) signIn(ctx context.Context) error {
	l := f.keeper.Link()
	var out struct{ Secret string }
	if err := l.Ask(ctx, http.MethodPost, "/v1/link", "en", struct{}{}, &out); err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	f.http = &http.Client{Jar: jar, Transport: l.Transport(), Timeout: 5 * time.Minute}
	_, err = get(f.http, f.url("/in/"+out.Secret))
	return err
}

func (f *friend) url(path string) string {
	return "http://[" + f.keeper.Link().Host().String() + "]" + path
}

// fetch has all of them fetch one picture at the same moment. peak is the most
// that the camp had in memory meanwhile, in KiB.
func (h *hosted) fetch(ctx context.Context, friends []*friend) (size int, took time.Duration, peak int64, err error) {
	path, err := h.post()
	if err != nil {
		return 0, 0, 0, err
	}
	for _, f := range friends {
		if err := f.signIn(ctx); err != nil {
			return 0, 0, 0, fmt.Errorf("sign in: %w", err)
		}
	}
	clear := filepath.Join("/proc", strconv.Itoa(h.p.cmd.Process.Pid), "clear_refs")
	if err := os.WriteFile(clear, []byte("5"), 0); err != nil { // proc(5): the most so far begins anew
		return 0, 0, 0, err
	}
	sizes := make([]int, len(friends))
	began := time.Now()
	var all errgroup.Group
	for i, f := range friends {
		all.Go(func() error {
			body, err := get(f.http, f.url(path))
			sizes[i] = len(body)
			return err
		})
	}
	err = all.Wait()
	took = time.Since(began)
	for _, n := range sizes {
		if err == nil && (n < fetchSize || n != sizes[0]) {
			err = fmt.Errorf("somebody got %d bytes, somebody %d", n, sizes[0])
		}
	}
	return sizes[0], took, most(h.p.cmd.Process.Pid), err
}

// most gives the most that a process had resident, in KiB.
func most(pid int) int64 {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmHWM:")
	f := strings.Fields(rest)
	if len(f) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(f[0], 10, 64)
	return n
}
