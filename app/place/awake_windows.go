package place

import (
	"context"
	"runtime"

	"golang.org/x/sys/windows"
)

// Flags of SetThreadExecutionState (winbase.h).
const (
	esContinuous     = 0x80000000
	esSystemRequired = 0x00000001
)

// keepAwake gives the wish to a thread of its own, since it lasts as long as
// the thread that has it.
func keepAwake(context.Context, string) (func(), error) {
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("SetThreadExecutionState")
	if err := call.Find(); err != nil {
		return nil, ErrNoAwake
	}
	asked, stop, ended := make(chan bool, 1), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		before, _, _ := call.Call(esContinuous | esSystemRequired)
		asked <- before != 0
		<-stop
		_, _, _ = call.Call(esContinuous)
	}()
	release := func() { close(stop); <-ended }
	if !<-asked {
		release()
		return nil, ErrNoAwake
	}
	return release, nil
}
