package media

import (
	"io"

	"camp/node/camp"
)

// Show gives the stored bytes of a use for somebody of whom the caller knows
// that they may see it: of what is open to others, outside the camp too.
func (m *Media) Show(f camp.MediaFile) (camp.MediaFile, io.ReadSeekCloser, error) {
	return m.open(f, false)
}
