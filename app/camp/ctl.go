package main

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"camp/app/control"
	"camp/app/desk"
	"camp/app/place"
	"camp/node/camp"
)

// home gives the places that --data names. Commands for a terminal want it said.
func (e *env) home(c call) (place.Home, error) {
	if c.get("data") == "" && e.getenv("CAMP_HOME") == "" {
		usual := ""
		if h, err := place.Find(""); err == nil {
			usual = h.Data
		}
		return place.Home{}, usage("ctl.usage.data", "Folder", usual)
	}
	h, err := place.Find(c.get("data"))
	if err != nil {
		return place.Home{}, camp.NewFault(camp.Invalid, "program.no_home.say", err)
	}
	return h, nil
}

// dial connects to the camp that runs on the folder of --data.
func (e *env) dial(ctx context.Context, c call) (*control.Client, error) {
	h, err := e.home(c)
	if err != nil {
		return nil, err
	}
	client, err := control.Dial(ctx, h.Data)
	switch {
	case err == nil:
		return client, nil
	case !errors.Is(err, control.ErrNobody):
		return nil, camp.NewFault(camp.Offline, "ctl.unreachable.say", err)
	case place.Locked(h.Data):
		return nil, camp.NewFault(camp.Offline, "ctl.busy.say", err)
	case desk.Exists(h):
		return nil, &camp.Fault{Kind: camp.Offline, Say: "ctl.off.say", Args: map[string]string{"Folder": h.Data}, Err: err}
	}
	return nil, &camp.Fault{Kind: camp.NotFound, Say: "ctl.no_camp.say", Args: map[string]string{"Folder": h.Data}, Err: err}
}

// do carries out one intent at the running camp.
func (e *env) do(ctx context.Context, c call, in camp.Intent) (camp.Answer, error) {
	client, err := e.dial(ctx, c)
	if err != nil {
		return camp.Answer{}, err
	}
	defer func() { _ = client.Close() }()
	in.Language = e.language
	ans, err := client.Do(ctx, in)
	return ans, gone(err)
}

// gone puts into words that the camp ended while it was asked.
func gone(err error) error {
	if errors.Is(err, control.ErrGone) || errors.Is(err, context.Canceled) {
		return camp.NewFault(camp.Offline, "ctl.gone.say", err)
	}
	return err
}

// ctlStop asks the camp to end and waits until its folder is free.
func ctlStop(ctx context.Context, e *env, c call) error {
	h, err := e.home(c)
	if err != nil {
		return err
	}
	client, err := e.dial(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	ctx, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	if _, err := client.Do(ctx, camp.Intent{Do: camp.DoStop, Language: e.language}); err != nil && !errors.Is(err, control.ErrGone) {
		return gone(err)
	}
	if err := waitFree(ctx, client, h.Data); err != nil {
		return err
	}
	e.answer(map[string]any{"state": camp.Off}, "ctl.stopped")
	return nil
}

// stopTime is how long a camp may take to end, and some more.
const stopTime = 20 * time.Second

// waitFree waits until the camp has hung up and given its lock back.
func waitFree(ctx context.Context, client *control.Client, dir string) error {
	for range client.Watch(ctx) { //nolint:revive // each state is one step towards the end
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for place.Locked(dir) {
		select {
		case <-ctx.Done():
			return camp.NewFault(camp.Offline, "ctl.slow_stop.say", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

func ctlPause(ctx context.Context, e *env, c call) error {
	in := camp.Intent{Do: camp.DoPause}
	if len(c.words) == 1 {
		d, err := duration(c.words[0])
		if err != nil {
			return err
		}
		in.For = d
	}
	ans, err := e.do(ctx, c, in)
	if err != nil {
		return err
	}
	until := ""
	if ans.State != nil && !ans.State.Until.IsZero() {
		until = e.words.Moment(ans.State.Until.Local())
	}
	if until != "" {
		e.answer(map[string]any{"state": camp.Paused, "until": ans.State.Until}, "ctl.paused_until", "Time", until)
		return nil
	}
	e.answer(map[string]any{"state": camp.Paused}, "ctl.paused")
	return nil
}

// duration reads "90m", "1h" or "2d"; at most a year.
func duration(s string) (time.Duration, error) {
	wrong := usage("ctl.usage.time", "Time", s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n <= 0 || n > 366 {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > 366*24*time.Hour {
		return 0, wrong
	}
	return d, nil
}

func ctlResume(ctx context.Context, e *env, c call) error {
	if _, err := e.do(ctx, c, camp.Intent{Do: camp.DoResume}); err != nil {
		return err
	}
	e.answer(map[string]any{"state": camp.On}, "ctl.resumed")
	return nil
}

func ctlLink(ctx context.Context, e *env, c call) error {
	ans, err := e.do(ctx, c, camp.Intent{Do: camp.DoLink})
	if err != nil {
		return err
	}
	e.answer(map[string]string{"url": ans.URL}, "ctl.link", "URL", ans.URL)
	return nil
}

// phrase reads the recovery phrase from --phrase-file or CAMP_PHRASE; "" where
// neither is given.
func (e *env) phrase(c call) (string, error) {
	if f := c.get("phrase-file"); f != "" {
		raw, err := readSmall(f, 4<<10)
		if err != nil {
			return "", &camp.Fault{Kind: camp.NotFound, Say: "ctl.phrase_file.say", Args: map[string]string{"File": f}, Err: err}
		}
		return strings.TrimSpace(string(raw)), nil
	}
	return strings.TrimSpace(e.getenv("CAMP_PHRASE")), nil
}

// readSmall reads a file of at most limit bytes.
func readSmall(path string, limit int64) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > limit {
		return nil, errors.New("not a small file")
	}
	return os.ReadFile(path)
}
