package desk

import (
	"context"
	"strconv"

	"camp/app/place"
	"camp/node/border"
	"camp/node/camp"
)

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
