package desk

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"camp/app/place"
	"camp/node/border"
	"camp/node/camp"
)

// blockTake reads a list of servers in from a file, or only looks what would come
// of it.
func (s *session) blockTake(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := absolute(in.File); err != nil {
		return camp.Answer{}, err
	}
	raw, err := listFile(in.File)
	if err != nil {
		return camp.Answer{}, err
	}
	told, err := s.node.Border.Take(ctx, s.node.Host(), border.Taking{File: raw, Source: filepath.Base(in.File), Ceiling: in.Level, Look: !in.On})
	return camp.Answer{Import: &told}, err
}

// listFile reads a file, of which a list that is too long shows in its first bytes.
func listFile(path string) ([]byte, error) {
	missing := func(err error) ([]byte, error) {
		return nil, &camp.Fault{Kind: camp.NotFound, Say: "program.file_read.say", Args: camp.Args{"File": path}, Err: err}
	}
	if st, err := os.Stat(path); err != nil || !st.Mode().IsRegular() {
		return missing(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return missing(err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, border.MaxListBytes+1))
	if err != nil {
		return missing(err)
	}
	return raw, nil
}

// blockShare writes the camp's own decisions about servers to a file, for others
// to read.
func (s *session) blockShare(ctx context.Context, in camp.Intent) (camp.Answer, error) {
	if err := folderThere(in.File); err != nil {
		return camp.Answer{}, err
	}
	list, err := s.node.Border.List(ctx)
	if err != nil {
		return camp.Answer{}, err
	}
	file, n, back, err := border.Share(list)
	if err != nil {
		return camp.Answer{}, err
	}
	if err := place.Write(in.File, file); err != nil {
		return camp.Answer{}, &camp.Fault{Kind: camp.Invalid, Say: "program.file_write.say", Args: camp.Args{"File": in.File}, Err: err}
	}
	return camp.Answer{Args: camp.Args{"N": strconv.Itoa(n), "Back": strconv.Itoa(back)}}, nil
}
