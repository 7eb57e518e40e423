package web

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"camp/node/camp"
)

// Only those who go are told, and one who does not read holds nobody up.
func TestPartWaitsForThoseWhoGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Door{o: DoorOptions{Now: time.Now}}
		stays, goes, deaf := d.held.enter(1, camp.Member{}), d.held.enter(2, camp.Member{}), d.held.enter(3, camp.Member{})
		defer d.held.leave(stays, time.Now().Add(-time.Minute))
		began := time.Now()
		d.Part(t.Context(), func(uint64) bool { return true })
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s though all stay", waited)
		}
		go func() {
			<-goes.poke
			time.Sleep(partTime / 3) // it takes its time to be on its way
			d.held.leave(goes, time.Now().Add(-time.Minute))
		}()
		d.Part(t.Context(), func(serial uint64) bool { return serial != 2 })
		if waited := time.Since(began); waited != partTime/3+lingerTime {
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
		d.held.leave(deaf, time.Now().Add(-time.Minute))
		if len(d.held.open) != 1 {
			t.Errorf("%d wait", len(d.held.open))
		}
	})
}

// A program that is between two requests is waited for, and told as the person it
// was; one that has not asked for a while is not waited for.
func TestPartWaitsForThoseBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Door{o: DoorOptions{Now: time.Now}}
		d.held.leave(d.held.enter(1, camp.Member{ID: 7}), time.Now())
		d.held.leave(d.held.enter(2, camp.Member{ID: 8}), time.Now().Add(-2*betweenTime))
		began := time.Now()
		d.Part(t.Context(), func(serial uint64) bool { return serial != 2 })
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s for one who is long gone", waited)
		}
		go func() {
			time.Sleep(partTime / 3)
			k := d.held.enter(1, camp.Member{}) // its device is known no more
			if k.member.ID != 7 {
				t.Errorf("it is taken for member %d", k.member.ID)
			}
			time.Sleep(partTime / 3)
			d.held.leave(k, time.Now())
		}()
		d.Part(t.Context(), func(uint64) bool { return false })
		if waited := time.Since(began); waited != min(2*(partTime/3)+lingerTime, partTime) {
			t.Errorf("waited %s for one who came back", waited)
		}
		began = time.Now()
		d.Part(t.Context(), func(uint64) bool { return false })
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s for one who was told", waited)
		}
		if k := d.held.enter(1, camp.Member{}); k.member.ID != 7 { // that answer was lost
			t.Errorf("then it is taken for member %d", k.member.ID)
		} else {
			d.held.leave(k, time.Now())
		}
		d.held.leave(d.held.enter(3, camp.Member{ID: 9}), time.Now())
		d.Part(t.Context(), func(uint64) bool { return false })
		if waited := time.Since(began); waited != partTime {
			t.Errorf("waited %s for one who does not come", waited)
		}
		if len(d.held.wanted) != 0 {
			t.Error("somebody is wanted still")
		}
	})
}

// Of whom nobody knows who they were hears nothing, not even that it is over.
func TestNoWordForTheUnknown(t *testing.T) {
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("answered, %v", got)
		}
	}()
	_ = (&call{d: &Door{}}).goodbye()
}
