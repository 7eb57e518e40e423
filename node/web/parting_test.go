package web

import (
	"testing"
	"testing/synctest"
	"time"
)

// Only those who go are told, and one who does not read holds nobody up.
func TestPartWaitsForThoseWhoGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Door{}
		stays, goes, deaf := d.held.enter(1), d.held.enter(2), d.held.enter(3)
		defer d.held.leave(stays)
		began := time.Now()
		d.Part(t.Context(), func(uint64) bool { return true })
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s though all stay", waited)
		}
		go func() {
			<-goes.poke
			time.Sleep(partTime / 3) // it takes its time to be on its way
			d.held.leave(goes)
		}()
		d.Part(t.Context(), func(serial uint64) bool { return serial != 2 })
		if waited := time.Since(began); waited != partTime/3 {
			t.Errorf("waited %s for the answer", waited)
		}
		began = time.Now()
		d.Part(t.Context(), func(serial uint64) bool { return serial == 1 })
		d.Part(t.Context(), func(serial uint64) bool { return serial == 1 }) // the tunnel is told again
		if waited := time.Since(began); waited != 2*partTime {
			t.Errorf("waited %s for one who does not read", waited)
		}
		select {
		case <-stays.poke:
			t.Error("one who stays was told to go")
		default:
		}
		<-deaf.poke // it looked, and was mistaken for one who goes: it is told again when it is so
		d.Part(t.Context(), func(serial uint64) bool { return serial == 1 })
		<-deaf.poke
		d.held.leave(deaf)
		if len(d.held.open) != 1 {
			t.Errorf("%d wait", len(d.held.open))
		}
	})
}
