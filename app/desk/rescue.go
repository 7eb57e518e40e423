package desk

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"camp/assets"
	"camp/node/camp"
	"camp/node/export"
	"camp/node/media"
	"camp/node/people"
	"camp/node/posts"
	"camp/store"
)

// newArchive writes members' own archives out of a store.
func (d *Desk) newArchive(db *store.DB, files export.Files) *export.Archive {
	return export.New(export.Options{
		Store: store.As[export.Tx](db), Files: files, Now: d.opt.Now, Log: d.opt.Log.With("component", "export"),
		Words: func(language string) (export.Words, error) {
			if language == "" {
				language = assets.Languages[0]
			}
			return assets.LoadWords(language)
		},
	})
}

// rescueByExport saves what can be read of a camp whose files are damaged, as
// an archive for each member, and touches nothing of the camp. What is read is
// the newest backup that opens, with what the journal tells since then, put
// together in a folder of its own.
func (d *Desk) rescueByExport(ctx context.Context, in camp.Intent) (ans camp.Answer, err error) {
	folder := in.Folder
	if folder == "" {
		folder = filepath.Join(d.opt.Home.Data, "rescue-"+d.opt.Now().UTC().Format("20060102-150405"))
		if err := os.Mkdir(folder, 0o700); err != nil {
			return ans, &camp.Fault{Kind: camp.NotAllowed, Say: "program.folder.say", Args: map[string]string{"Folder": folder}, Err: err}
		}
	} else if err := absolute(folder); err != nil {
		return ans, err
	}
	work, err := os.MkdirTemp(folder, ".work-")
	if err != nil {
		return ans, &camp.Fault{Kind: camp.NotAllowed, Say: "program.folder.say", Args: map[string]string{"Folder": folder}, Err: err}
	}
	defer func() { _ = os.RemoveAll(work) }()
	n, err := d.salvage(ctx, work, folder, first(in.Phrase, d.keptPhrase()))
	if err != nil {
		return ans, err
	}
	return camp.Answer{Say: "program.rescue_saved.say", Args: camp.Args{"N": strconv.Itoa(n), "Folder": folder}}, nil
}

// salvage puts what is readable together in work and writes the archives to folder.
func (d *Desk) salvage(ctx context.Context, work, folder, phrase string) (n int, err error) {
	opt := d.opt
	opt.Home.Data = work
	for _, file := range d.backupFiles() {
		if _, err := Bring(ctx, opt, file, phrase, false); err == nil {
			break
		}
	}
	db, err := store.Open(ctx, store.Options{Dir: work, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log})
	if err != nil {
		return 0, camp.NewFault(camp.Internal, "program.rescue_nothing.say", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	acts, whole, cerr := db.Catch(ctx, d.opt.Home.Data, db.Seq())
	d.opt.Log.Info("read the journal of the damaged camp", "acts", acts, "whole", whole, "err", cerr)
	return d.writeArchives(ctx, db, work, folder)
}

func (d *Desk) writeArchives(ctx context.Context, db *store.DB, work, folder string) (n int, err error) {
	p := people.New(people.Options{Store: store.As[people.Tx](db), Rand: d.opt.Rand, Log: d.opt.Log})
	list, err := p.Members(ctx)
	if err != nil || len(list) == 0 {
		return 0, camp.NewFault(camp.Internal, "program.rescue_nothing.say", err)
	}
	ps := posts.New(posts.Options{Store: store.As[posts.Tx](db), Log: d.opt.Log})
	pictures := func(dir string) export.Files {
		return media.New(media.Options{
			Store: store.As[media.Tx](db), Dir: dir, Now: d.opt.Now, Rand: d.opt.Rand, Log: d.opt.Log,
			MaySee: func(ctx context.Context, reader camp.Actor, f camp.MediaFile) (bool, error) {
				_, err := ps.Post(ctx, reader, f.Post)
				return err == nil, nil
			},
		})
	}
	a := d.newArchive(db, either{pictures(d.opt.Home.Data), pictures(work)})
	for _, m := range list {
		write := func(ctx context.Context, to io.Writer) error {
			return a.Write(ctx, camp.Actor{Member: m.ID, Role: m.Role}, to)
		}
		if err := writeArchive(ctx, write, filepath.Join(folder, m.Name+".zip")); err != nil {
			d.opt.Log.Warn("archive of a member not written", "member", m.ID, "err", err)
			continue
		}
		n++
	}
	if n == 0 {
		return 0, camp.NewFault(camp.Internal, "program.rescue_nothing.say", nil)
	}
	return n, nil
}

// either opens a picture in the first place that has it.
type either []export.Files

// Open is export.Files.
func (e either) Open(ctx context.Context, reader camp.Actor, id camp.MediaID, small bool) (f camp.MediaFile, r io.ReadSeekCloser, err error) {
	for _, files := range e {
		if f, r, err = files.Open(ctx, reader, id, small); err == nil {
			return f, r, nil
		}
	}
	return f, r, err
}

// writeArchive writes a member's archive under a temporary name first: a file
// of the final name is always whole.
func writeArchive(ctx context.Context, write func(context.Context, io.Writer) error, file string) (err error) {
	part := file + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return &camp.Fault{Kind: camp.NotAllowed, Say: "program.folder.say", Args: map[string]string{"Folder": filepath.Dir(file)}, Err: err}
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part) // the error that counts is err
		}
	}()
	if err := write(ctx, f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return camp.NewFault(camp.Internal, "program.folder.say", err)
	}
	return os.Rename(part, file)
}
