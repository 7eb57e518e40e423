package media

import (
	"os"
	"sync"

	"camp/node/camp"
)

// reading bounds how many stored files are open for readers: each takes a file
// handle, and the store needs some of those that the system gives. nil: no bound.
type reading chan struct{}

func newReading(most int) reading {
	if most <= 0 {
		return nil
	}
	return make(reading, most)
}

// begin reports whether one more may be opened; then end must follow, or the end
// of what counted gives.
func (r reading) begin() bool {
	if r == nil {
		return true
	}
	select {
	case r <- struct{}{}:
		return true
	default:
		return false
	}
}

func (r reading) end() {
	if r != nil {
		<-r
	}
}

// counted gives the file's place back when it is closed.
func (r reading) counted(f *os.File) *readFile { return &readFile{File: f, r: r} }

type readFile struct {
	*os.File
	r    reading
	once sync.Once
}

func (f *readFile) Close() error {
	f.once.Do(f.r.end)
	return f.File.Close()
}

// busy is for a reader who finds too many before them; a browser tries again.
func busy() *camp.Fault { return camp.NewFault(camp.Offline, "media.busy.say", nil) }
