package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"camp/app/control"
	"camp/app/desk"
	"camp/app/place"
	"camp/assets"
	"camp/node/camp"
)

// kept is a data folder in this program's hands: locked, logged, listened for.
type kept struct {
	data   string
	desk   *desk.Desk
	server *control.Server
	lock   *place.Lock
	logs   *place.LogFile
	log    *slog.Logger
}

// errTaken is returned by keep where another program holds the folder.
var errTaken = errors.New("the data folder is in use")

// keep takes the folder of opt.Home and makes its desk. It starts nothing.
func (e *env) keep(ctx context.Context, opt desk.Options) (k *kept, err error) {
	if err := opt.Home.Make(); err != nil {
		return nil, &camp.Fault{Kind: camp.Invalid, Say: "program.folder.say", Args: map[string]string{"Folder": opt.Home.Data}, Err: err}
	}
	k = &kept{data: opt.Home.Data}
	defer func() {
		if err != nil {
			k.close()
		}
	}()
	if k.lock, err = place.Take(opt.Home.Data, e.now()); errors.Is(err, place.ErrLocked) {
		return k, e.inUse(opt.Home.Data, errTaken)
	} else if err != nil {
		return k, &camp.Fault{Kind: camp.Invalid, Say: "program.folder.say", Args: map[string]string{"Folder": opt.Home.Data}, Err: err}
	}
	debug.SetMemoryLimit(memoryLimit)
	debug.SetGCPercent(percent(0))
	k.openLog(opt.Home, e.now)
	opt.Now, opt.Rand, opt.Log, opt.Version = e.now, e.rand, k.log, camp.Version
	if k.desk, err = desk.New(opt); err != nil {
		return k, err
	}
	k.server = &control.Server{Desk: k.desk, Text: e.text(), Log: k.log.With("component", "control")}
	if err := k.server.Listen(ctx, opt.Home.Data); err != nil {
		return k, camp.NewFault(camp.Internal, "program.control.say", err)
	}
	return k, nil
}

// inUse says that another program holds a data folder, and which, where the
// folder's lock tells (desktop.md B14 "Show who").
func (e *env) inUse(dir string, err error) *camp.Fault {
	f := camp.NewFault(camp.Conflict, "program.in_use.say", err)
	if h := place.Holder(dir); h.Process != 0 && h.Person != "" && !h.Since.IsZero() {
		f.Say = "program.in_use_by.say"
		f.Args = map[string]string{"Who": h.Person, "Since": e.words.Moment(h.Since.Local()), "Process": strconv.Itoa(h.Process)}
	}
	return f
}

// memoryLimit bounds the core's heap; the window is another process (reliability.md 1).
const memoryLimit = 160 << 20

// crashBytes bounds what earlier crashes may have left in the crash text.
const crashBytes = 1 << 20

// openLog begins the log; a program whose log cannot be written runs without.
func (k *kept) openLog(h place.Home, now func() time.Time) {
	k.log = slog.New(slog.DiscardHandler)
	logs, err := h.OpenLog(now)
	if err != nil {
		return
	}
	k.logs, k.log = logs, slog.New(slog.NewTextHandler(logs, nil))
	crash := filepath.Join(h.Logs, "crash.txt")
	if st, err := os.Stat(crash); err == nil && (st.Size() > crashBytes || now().Sub(st.ModTime()) > place.LogLife) {
		_ = os.Remove(crash)
	}
	if f, err := os.OpenFile(crash, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
		_ = debug.SetCrashOutput(f, debug.CrashOptions{})
		_ = f.Close() // the runtime holds its own
	}
}

// text gives sentences to clients of the socket that have no words of their own.
func (e *env) text() func(language, say string, args map[string]string) string {
	return func(language, say string, args map[string]string) string {
		if language == e.language || language == "" {
			return e.words.SayMap(say, args)
		}
		w, err := assets.LoadWords(language)
		if err != nil {
			w = e.words
		}
		return w.SayMap(say, args)
	}
}

// run keeps the camp until ctx ends or somebody asks it to stop. The socket
// outlives the camp, so that those who watch see it end.
func (k *kept) run(ctx context.Context) error {
	listen, hangUp := context.WithCancel(context.WithoutCancel(ctx))
	g, listen := errgroup.WithContext(listen)
	g.Go(func() error { return k.server.Run(listen) })
	g.Go(func() error { return giveBack(listen) })
	g.Go(func() error {
		defer hangUp()
		own, cancel := context.WithCancel(ctx)
		defer cancel()
		stop := context.AfterFunc(listen, cancel)
		defer stop()
		return k.desk.Run(own)
	})
	return g.Wait()
}

// close gives everything back; also after keep has failed half way.
func (k *kept) close() {
	if k.server != nil {
		k.server.Close()
	}
	if k.logs != nil {
		_ = k.logs.Close()
	}
	if k.lock != nil {
		_ = k.lock.Release()
	}
}
