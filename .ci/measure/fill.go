package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/node/camp"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

const writers = 64

// fillAndRead makes a camp, has 64 writers post into it, and reads its timeline.
func fillAndRead(ctx context.Context, o options, dir string) ([]figure, error) {
	bare, err := bareJournal(filepath.Dir(dir))
	if err != nil {
		return nil, fmt.Errorf("a bare journal: %w", err)
	}
	if err := found(o, dir); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{Dir: dir, Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	who, err := settle(ctx, db)
	if err != nil {
		return nil, err
	}
	svc := posts.New(posts.Options{Store: store.As[posts.Tx](db), Log: slog.New(slog.DiscardHandler)})
	rate, err := write(ctx, svc, who, o.posts)
	if err != nil {
		return nil, err
	}
	met, err := meetActors(ctx, db, who[0], o.actors)
	if err != nil {
		return nil, err
	}
	there, err := countAll(ctx, svc, who[0])
	if err != nil {
		return nil, err
	}
	rows, views, err := readTimeline(ctx, db, svc, who[0])
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	size, err := bytesBelow(filepath.Join(dir, "db"))
	all := []figure{
		{what: "posts acknowledged and found again", got: count(there), goal: count(o.posts), bad: there != o.posts},
		{what: fmt.Sprintf("posts a second, acknowledged, from %d writers", writers), got: count(int(rate)), goal: "6,000", bad: rate < 600},
		{what: "the same, a bare journal on this disk", got: count(int(bare)), goal: "(16,000 on the disk of the goal)"},
		{what: "newest 40 posts in the store, p50 (p95)", got: ms(rows.at(.5)) + " (" + ms(rows.at(.95)) + ")", goal: "0.5 ms", bad: rows.at(.5) > 10*time.Millisecond},
		{what: "the same with everything a reader sees, p50 (p95)", got: ms(views.at(.5)) + " (" + ms(views.at(.95)) + ")", goal: "", bad: views.at(.5) > 50*time.Millisecond},
		{what: "size of the store on disk", got: mib(size / 1024), goal: ""},
	}
	if o.actors > 0 {
		all = append(all, figure{what: fmt.Sprintf("people of elsewhere kept a second, each with a key and a post, by one writer, %d at once", actorsAtOnce), got: count(int(met))})
	}
	return all, err
}

// bareJournal measures what the disk gives: 64 writers, one goroutine that
// gathers at most 256 records of 800 bytes, writes them behind a length and a
// checksum to a file that already has its size, syncs once, answers all.
func bareJournal(dir string) (perSecond float64, err error) {
	f, err := os.CreateTemp(dir, "bare")
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	const size = 64 << 20
	if _, err := f.Write(make([]byte, size)); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	asks := make(chan chan error, 256)
	stop := make(chan struct{})
	var kept atomic.Int64
	var all sync.WaitGroup
	all.Go(func() { gather(f, size, asks, stop) })
	began := time.Now()
	for range writers {
		all.Go(func() {
			done := make(chan error, 1)
			for {
				select {
				case <-stop:
					return
				case asks <- done:
				}
				select {
				case <-done:
					kept.Add(1)
				case <-stop:
					return
				}
			}
		})
	}
	time.Sleep(3 * time.Second)
	took := time.Since(began)
	n := kept.Load()
	close(stop)
	all.Wait()
	return float64(n) / took.Seconds(), nil
}

func gather(f *os.File, size int64, asks chan chan error, stop chan struct{}) {
	record := make([]byte, 800)
	_, _ = io.ReadFull(rand.Reader, record)
	var at int64
	for {
		var group []chan error
		select {
		case <-stop:
			return
		case d := <-asks:
			group = append(group, d)
		}
	more:
		for len(group) < 256 {
			select {
			case d := <-asks:
				group = append(group, d)
			default:
				break more
			}
		}
		var b []byte
		for range group {
			b = binary.BigEndian.AppendUint32(b, uint32(len(record)))
			b = binary.BigEndian.AppendUint32(b, crc32.Checksum(record, crc32.MakeTable(crc32.Castagnoli)))
			b = append(b, record...)
		}
		if at+int64(len(b)) > size {
			at = 0
		}
		_, err := f.WriteAt(b, at)
		if err == nil {
			err = f.Sync()
		}
		at += int64(len(b))
		for _, d := range group {
			d <- err
		}
	}
}

// settle lets ten people in and gives them as writers, the host first.
func settle(ctx context.Context, db *store.DB) ([]camp.Actor, error) {
	svc := people.New(people.Options{Store: store.As[people.Tx](db), Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	house, err := svc.House(ctx)
	if err != nil {
		return nil, err
	}
	host := camp.Actor{Member: house.Host, Role: camp.RoleHost}
	rules, err := svc.Rules(ctx)
	if err != nil {
		return nil, err
	}
	who := []camp.Actor{host}
	for i := range 9 {
		m, _, err := svc.AddMember(ctx, host, fmt.Sprintf("member%d", i), camp.RoleMember)
		if err != nil {
			return nil, err
		}
		by := camp.Actor{Member: m.ID, Role: m.Role}
		if err := svc.Agree(ctx, by, rules.Version, rules.Hash); err != nil {
			return nil, err
		}
		who = append(who, by)
	}
	return who, nil
}

// write has all writers post until n posts are acknowledged.
func write(ctx context.Context, svc *posts.Service, who []camp.Actor, n int) (perSecond float64, err error) {
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for w := range writers {
		g.Go(func() error {
			for {
				i := int(next.Add(1))
				if i > n {
					return nil
				}
				if _, err := svc.Write(ctx, who[w%len(who)], camp.Draft{Text: text(i)}); err != nil {
					return fmt.Errorf("post %d: %w", i, err)
				}
			}
		})
	}
	err = g.Wait()
	return float64(n) / time.Since(began).Seconds(), err
}

var sentences = []string{
	"The kettle is on from eight.", "Who can lend me a ladder on Saturday?", "The path behind the mill is dry again.",
	"I heard the first cuckoo this morning.", "Soup for twelve, bring a spoon.", "The bridge is closed until Thursday.",
	"Found a red glove near the gate.", "The apples are early this year.", "Nobody told the cat about the new rules.",
}

// text makes a post of some 300 letters, no two alike.
func text(i int) string {
	var b strings.Builder
	for k := range 8 {
		b.WriteString(sentences[(i*7+k*k)%len(sentences)] + " ")
	}
	fmt.Fprintf(&b, "Number %d. #evening", i)
	return b.String()
}

// countAll walks the timeline from the newest to the first post.
func countAll(ctx context.Context, svc *posts.Service, by camp.Actor) (int, error) {
	n, before := 0, uint64(0)
	for {
		list, err := svc.Fire(ctx, by, camp.Page{Before: before, Limit: 40})
		if err != nil || len(list) == 0 {
			return n, err
		}
		n += len(list)
		before = uint64(list[len(list)-1].ID)
	}
}

// readTimeline reads the newest 40, and forty behind many other places, as rows
// and as a reader sees them.
func readTimeline(ctx context.Context, db *store.DB, svc *posts.Service, by camp.Actor) (rows, views spread, err error) {
	of := store.As[posts.Tx](db)
	for range 400 {
		began := time.Now()
		err := of.View(ctx, func(tx posts.Tx) error {
			_, err := tx.Fire(camp.Page{Limit: 40})
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, time.Since(began))
		began = time.Now()
		if _, err := svc.Fire(ctx, by, camp.Page{Limit: 40}); err != nil {
			return nil, nil, err
		}
		views = append(views, time.Since(began))
	}
	return rows, views, nil
}

func bytesBelow(dir string) (int64, error) {
	var n int64
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}
