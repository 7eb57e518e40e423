package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"camp/app/place"
	"camp/assets"
	"camp/node"
	"camp/node/border"
	"camp/node/camp"
	"camp/node/carry"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/node/web"
	"camp/store"
)

// Exists reports whether a camp lives in the data folder.
func Exists(h place.Home) bool {
	for _, name := range []string{"db", "journal"} {
		if _, err := os.Lstat(filepath.Join(h.Data, name)); !errors.Is(err, fs.ErrNotExist) {
			return true
		}
	}
	return false
}

// openStore opens the camp's rows. A restore that was interrupted is ended first.
func (d *Desk) openStore(ctx context.Context) (*store.DB, error) {
	if err := store.FinishRestore(d.opt.Home.Data); err != nil {
		return nil, fmt.Errorf("finish a restore: %w", err)
	}
	db, err := store.Open(ctx, store.Options{
		Dir: d.opt.Home.Data, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log.With("component", "store"),
	})
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return db, nil
}

// build makes the camp over its open store, founding it where there is none.
func (s *session) build(ctx context.Context, in camp.Intent) error {
	d := s.d
	s.ways = &ways{s: s}
	s.node = node.New(node.Options{
		People: store.As[people.Tx](s.db), Posts: store.As[posts.Tx](s.db), Media: store.As[media.Tx](s.db), Border: store.As[border.Tx](s.db),
		Carry: store.As[carry.Tx](s.db), Dir: d.opt.Home.Data, Desk: d, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log, NoRate: d.opt.NoRate,
		Behind: s.ways.behind, Ways: s.ways.forNode(), Derive: s.ways.derive, Applied: s.ways.apply,
		Allowed: s.mayTakePictures, Share: s.share, Kept: func() []camp.Keeping { return s.kept }, Tap: s.tap,
		World: s.forWorld(), Handles: place.Handles(), Apps: func() bool { return d.State().Settings.Apps },
		Export: func(n *node.Node) web.Export {
			s.archive = d.newArchive(s.db, n.Media)
			return s.archive
		},
	})
	s.kept = keeping()
	founded, err := s.node.People.Founded(ctx)
	if err == nil && !founded {
		err = d.found(ctx, s.node.People, in)
	}
	if err != nil {
		return fmt.Errorf("build the camp: %w", err)
	}
	if err := s.nameIt(ctx); err != nil {
		return err
	}
	if err := s.node.Attach(ctx); err != nil {
		return err
	}
	if err := s.ways.read(ctx); err != nil {
		return err
	}
	house, err := s.node.People.House(ctx)
	if err != nil {
		return err
	}
	d.change(func(st *camp.State) { st.Name = house.Name })
	s.backups = s.makeBackups()
	return nil
}

// found makes a new camp: one click is enough, every name has a standard.
func (d *Desk) found(ctx context.Context, p *people.Service, in camp.Intent) error {
	d.stage("program.stage.keys")
	f, err := d.founding(in)
	if err != nil {
		return err
	}
	d.stage("program.stage.house")
	_, _, err = p.Found(ctx, f)
	return err
}

// founding says what a new camp is like: as asked, else as the command line
// says, else after the person whose computer this is.
func (d *Desk) founding(in camp.Intent) (people.Founding, error) {
	handle, shown := loginName()
	f := people.Founding{Language: d.language(in.Language)}
	words, err := assets.LoadWords(f.Language)
	if err != nil {
		return f, fmt.Errorf("read the words of a new camp: %w", err)
	}
	phrase, err := store.NewPhrase(d.opt.Rand)
	if err != nil {
		return f, fmt.Errorf("draw the recovery phrase: %w", err)
	}
	f.Phrase = string(phrase.Reveal())
	if f.Host = first(in.Person, d.opt.HostUser); f.Host == "" {
		f.Host = people.HandleFrom(handle)
		f.Display = first(camp.CleanLine(strings.Split(shown, ",")[0], 60), handle) // the part before the comma of a system's full name
	}
	who := first(f.Display, f.Host)
	if f.Name = first(in.Name, d.opt.Name); f.Name == "" {
		f.Name = camp.CleanLine(words.Say("program.camp_of", "Name", who), MaxName)
	}
	f.Rules, err = sampleRules(f.Language)
	return f, err
}

// sampleRules are the rules that a camp starts with.
func sampleRules(language string) ([]string, error) {
	raw, err := assets.FS.ReadFile("rules/kind-and-small." + language + ".txt")
	if err != nil {
		return nil, fmt.Errorf("read the sample rules: %w", err)
	}
	var texts []string
	for _, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	return texts, nil
}

// language gives the language of a new camp.
func (d *Desk) language(asked string) string {
	for _, l := range []string{d.State().Settings.Language, asked, d.opt.Language} {
		for _, known := range assets.Languages {
			if l == known {
				return l
			}
		}
	}
	return assets.Languages[0]
}

// first gives the first that is not empty.
func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
