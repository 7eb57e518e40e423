package store

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"camp/node/camp"
)

// Badger opens a file whenever it begins a write-ahead file or a table, and where
// the system gives it none it may end the process. So nothing is begun that could
// lead there: a group is refused before a byte of it is written.
const (
	handlesSpare = 24   // so many more files can be opened, or no group is written
	handlesMany  = 4096 // a program that may have more never gets near that
)

// errHandles means that the system gives no more file handles; nothing was begun.
var errHandles = errors.New("store: too many files are open")

func handlesFault(err error) *camp.Fault {
	return camp.NewFault(camp.Offline, "store.handles.say", err)
}

// checkHandles wants handles for all tables before Badger opens them.
func (db *DB) checkHandles() error {
	list, err := os.ReadDir(db.badgerDir())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("count the tables: %w", err)
	}
	need := handlesSpare
	for _, e := range list {
		if strings.HasSuffix(e.Name(), ".sst") {
			need++
		}
	}
	if !db.opt.handles(db.lock, need) {
		return handlesFault(errHandles)
	}
	return nil
}
