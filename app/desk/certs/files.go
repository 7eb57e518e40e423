package certs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"camp/node/camp"
)

const (
	maxFile    = 1 << 20 // bytes
	watchEvery = time.Minute
)

// readFiles reads certificate and key, and refuses what others would not believe.
func (k *Keeper) readFiles() (*tls.Certificate, error) {
	chain, err := readSmall(k.opt.CertFile)
	if err != nil {
		return nil, fileFault("world.cert_file.say", k.opt.CertFile, err)
	}
	key, err := readSmall(k.opt.KeyFile)
	if err != nil {
		return nil, fileFault("world.cert_file.say", k.opt.KeyFile, err)
	}
	c, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fileFault("world.cert_pair.say", k.opt.CertFile, err)
	}
	if err := c.Leaf.VerifyHostname(k.opt.Name); err != nil {
		f := fileFault("world.cert_name.say", k.opt.CertFile, err)
		f.Args["Name"] = k.opt.Name
		return nil, f
	}
	return &c, nil
}

func fileFault(say, file string, err error) *camp.Fault {
	return &camp.Fault{Kind: camp.Invalid, Say: say, Args: map[string]string{"File": file}, Err: err}
}

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(raw) > maxFile {
		err = errors.New("the file is too large")
	}
	return raw, err
}

// watch looks at the files now and then, also while nobody knocks: what is wrong
// with them is to be known before their time is over.
func (k *Keeper) watch(ctx context.Context) error {
	t := time.NewTicker(watchEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			k.look(0)
		}
	}
}

// look reads the files again where they are not what they were; not within rest
// of the last look. What is no good leaves what is shown as it is.
func (k *Keeper) look(rest time.Duration) {
	now, last := k.opt.Now().UnixNano(), k.looked.Load()
	if now >= last && now-last < int64(rest) {
		return
	}
	select {
	case k.looks <- struct{}{}:
		defer func() { <-k.looks }()
	default:
		return // somebody looks
	}
	k.looked.Store(now)
	stamp := k.stamp()
	k.mu.Lock()
	same := stamp == k.seen
	k.seen = stamp
	k.mu.Unlock()
	if same {
		return
	}
	c, err := k.readFiles()
	if err == nil && !k.opt.Now().Before(c.Leaf.NotAfter) {
		err = fileFault("world.cert_over.say", k.opt.CertFile, errors.New("the certificate's time is over"))
	}
	if err != nil {
		f := camp.AsFault(err)
		k.opt.Log.Warn("new certificate not taken", "err", err)
		k.tell(f.Say, f.Args, f.Err)
		return
	}
	k.cert.Store(c)
	k.opt.Log.Info("certificate taken", "until", c.Leaf.NotAfter.UTC())
	k.tell("", nil, nil)
}

// stamp is a short text that changes when the files do.
func (k *Keeper) stamp() string {
	text := ""
	for _, f := range []string{k.opt.CertFile, k.opt.KeyFile} {
		if st, err := os.Stat(f); err != nil {
			text += "none "
		} else {
			text += fmt.Sprint(st.Size(), st.ModTime().UnixNano(), " ")
		}
	}
	return text
}
