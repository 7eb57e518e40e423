package place

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ErrNoAwake is returned where the system has no way to stay awake on request.
var ErrNoAwake = errors.New("place: this system cannot be kept awake")

// Awake keeps the computer from falling asleep by itself. Closing the lid still
// does what it always does; some desktops ask once more before they send the
// computer to sleep by hand. The zero value is ready; safe for concurrent use.
// The system drops the wish when the process ends.
type Awake struct {
	mu      sync.Mutex // guards what follows
	release func()
}

// Set says whether to keep awake from now on. why is shown by the systems that
// list who keeps them awake, so it is a sentence for people.
func (a *Awake) Set(ctx context.Context, on bool, why string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !on {
		a.let()
		return nil
	}
	if a.release != nil {
		return nil
	}
	release, err := keepAwake(ctx, why)
	if err != nil {
		return fmt.Errorf("keep awake: %w", err)
	}
	a.release = release
	return nil
}

// Release gives the wish up, for the end.
func (a *Awake) Release() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.let()
}

// let gives up what is held; mu is held.
func (a *Awake) let() {
	if a.release != nil {
		a.release()
		a.release = nil
	}
}
