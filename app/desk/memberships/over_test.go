package memberships

import (
	"net/http"
	"testing"
	"time"

	"camp/node/camp"
)

// until waits for a membership to be as it is to be.
func (s *stranger) until(t *testing.T, k *Keeper, what string, is func(camp.Membership) bool) camp.Membership {
	t.Helper()
	for late := time.After(time.Minute); ; {
		if v := k.States()[0]; is(v) {
			return v
		}
		select {
		case <-s.told:
		case <-late:
			t.Fatalf("never %s", what)
		}
	}
}

// A camp that says it is over is heard at once: the membership says so, also
// after the next start, the browser reads it, and nothing is asked any more.
func TestToldThatItIsOver(t *testing.T) {
	t.Parallel() // it mostly waits
	for name, tt := range map[string]struct {
		said string
		want camp.Standing
		shut bool
	}{
		"removed":  {`{"state":"removed","serial":3}`, camp.Removed, false},
		"a device": {`{"state":"removed","serial":3,"shut":true}`, camp.Removed, true},
		"left":     {`{"state":"left","serial":3,"shut":true}`, camp.Left, false},
		"a stay":   {`{"state":"expired","serial":3}`, camp.Expired, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, s := joined(t)
			s.news <- tt.said
			v := s.until(t, k, "over", func(m camp.Membership) bool { return m.State == tt.want && m.Link != "connected" })
			if v.Shut != tt.shut || v.Camp != "Orchard" || v.Host != "Noor" || v.Says() == "" {
				t.Errorf("shown: %+v", v)
			}
			if _, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinLink, ID: v.ID}); camp.AsFault(err).Say != "join.ended.say" {
				t.Errorf("a link afterwards: %v", err)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.Web, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if _ = res.Body.Close(); res.StatusCode != http.StatusGone {
				t.Errorf("the browser is answered %d", res.StatusCode)
			}
			again, err := New(k.opt)
			if err != nil {
				t.Fatal(err)
			}
			if v := again.States()[0]; v.State != tt.want || v.Shut != tt.shut || again.list[0].lives() {
				t.Errorf("after a start: %+v", v)
			}
		})
	}
}

// That a request was taken back is told twice: by the answer to it and by the
// one that waits for news. One of them is enough.
func TestTakenBackThoughTheAnswerIsLost(t *testing.T) {
	t.Parallel() // it mostly waits
	k, s := joined(t)
	s.news <- `{"state":"waiting","serial":3,"camp":"Orchard","host":"Noor","name":"mara"}`
	s.until(t, k, "waiting", func(m camp.Membership) bool { return m.State == camp.Waiting })
	done := make(chan error, 1)
	go func() { // the camp never answers this one
		_, err := k.Do(t.Context(), camp.Intent{Do: camp.DoJoinWithdraw})
		done <- err
	}()
	s.news <- `{"state":"withdrawn","serial":3,"camp":"Orchard","host":"Noor","name":"mara"}`
	if err := <-done; err != nil {
		t.Fatalf("taking back: %v", err)
	}
	if all := k.States(); len(all) != 0 {
		t.Errorf("still there: %+v", all)
	}
}
