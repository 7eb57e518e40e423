package guest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camp/node/camp"
)

func make9(n int) []byte { return bytes.Repeat([]byte{9}, n) }

// A camp's word is a stranger's word.
func TestHostileAnswers(t *testing.T) {
	good := camp.JoinAnswer{State: camp.Joined, Serial: 7, Camp: "Orchard", Paths: []string{"192.168.1.2:500"}}
	for name, change := range map[string]func(*camp.JoinAnswer){
		"no such state": func(a *camp.JoinAnswer) { a.State = "king" },
		"no serial":     func(a *camp.JoinAnswer) { a.Serial = 0 },
		"endless paths": func(a *camp.JoinAnswer) { a.Paths = make([]string, 1000) },
	} {
		a := good
		change(&a)
		if _, err := CleanAnswer(a); !errors.Is(err, ErrNonsense) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good.Question, good.Reply = "Who?\u202e"+strings.Repeat("x", 5000), strings.Repeat("y", 5000)
	good.Camp, good.Unread, good.Replies = "Or\nchard\u202e"+strings.Repeat("x", 500), -4, 1<<40
	a, err := CleanAnswer(good)
	if err != nil || strings.ContainsAny(a.Camp, "\n\u202e") || len([]rune(a.Camp)) > 60 || a.Unread != 0 || a.Replies != 999 {
		t.Errorf("%+v, %v", a, err)
	}
	if strings.Contains(a.Question, "\u202e") || len(a.Question) > camp.MaxAnswer || len(a.Reply) > camp.MaxMessage {
		t.Errorf("a question of %d and an answer of %d characters", len(a.Question), len(a.Reply))
	}
	for name, row := range map[string]struct {
		key  camp.TunnelKey
		ways int // that are kept; 0: it is none
	}{
		"a key":           {camp.TunnelKey{Key: make9(32), Paths: []string{"192.0.2.9:500", "nonsense", "224.0.0.1:5"}}, 1},
		"a short key":     {camp.TunnelKey{Key: make9(31), Paths: []string{"192.0.2.9:500"}}, 0},
		"a weak key":      {camp.TunnelKey{Key: make([]byte, 32), Paths: []string{"192.0.2.9:500"}}, 0},
		"a key, no way":   {camp.TunnelKey{Key: make9(32), Paths: []string{"nonsense"}}, 0},
		"without an end":  {camp.TunnelKey{Key: make9(32), Paths: make([]string, 1000)}, 0},
		"many ways to it": {camp.TunnelKey{Key: make9(32), Paths: slices.Repeat([]string{"192.0.2.9:500"}, 2*maxPaths)}, maxPaths},
	} {
		a := good
		a.Next = &row.key
		a, err := CleanAnswer(a)
		if err != nil || (a.Next == nil) != (row.ways == 0) || a.Next != nil && len(a.Next.Paths) != row.ways {
			t.Errorf("%s: %+v, %v", name, a.Next, err)
		}
	}
	old, err := CleanAnswer(camp.JoinAnswer{State: camp.Waiting, Serial: 7}) // of a camp that knows nothing of questions
	if err != nil || old.Question != "" || !old.Leaves.IsZero() {
		t.Errorf("%+v, %v", old, err)
	}
	texts := []string{"Be kind.\n"}
	info := camp.JoinInfo{Camp: "Orchard", Rules: camp.JoinRules{Version: 1, Texts: texts, Hash: camp.RulesHash(1, texts)}}
	if _, err := cleanInfo(info); err != nil {
		t.Error(err)
	}
	info.Rules.Texts = []string{"Be cruel."}
	if _, err := cleanInfo(info); !errors.Is(err, ErrNonsense) {
		t.Errorf("rules that do not fit their fingerprint: %v", err)
	}
	if err := read(http.StatusOK, make([]byte, maxAnswer+1), &info); !errors.Is(err, ErrNonsense) {
		t.Errorf("too long: %v", err)
	}
	f := camp.AsFault(read(http.StatusConflict, []byte(`{"error":"conflict","say":"window.quit","text":"<b>\u0007go"}`), &info))
	if f.Kind != camp.Conflict || f.Say != "join.refused.say" || strings.Contains(f.Args["Text"], "\u0007") {
		t.Errorf("a refusal of the camp's own words: %+v", f)
	}
	if err := read(http.StatusTeapot, []byte("<html>"), &info); !errors.Is(err, ErrNonsense) {
		t.Errorf("no refusal of ours: %v", err)
	}
}

func TestParseWays(t *testing.T) {
	list := []string{"192.168.1.2:500", "x", "224.0.0.1:5", "0.0.0.0:5", "10.0.0.1:0", "[fe80::1%eth0]:9", "[::ffff:10.0.0.9]:8"}
	got := ParseWays(list)
	if len(got) != 3 || got[1].Addr().Zone() != "" || !got[2].Addr().Is4() {
		t.Errorf("%v", got)
	}
	if got := ParseWays(strings.Fields(strings.Repeat("10.0.0.1:1 ", 100))); len(got) != maxPaths {
		t.Errorf("%d ways of a hundred", len(got))
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(200, []byte(`{"state":"member","serial":1,"paths":["10.0.0.1:1"]}`))
	f.Add(409, []byte(`{"error":"conflict","say":"people.invite_used.say"}`))
	f.Add(200, []byte(`{"camp":"x","rules":{"texts":["a"]}}`))
	f.Fuzz(func(t *testing.T, status int, raw []byte) {
		var a camp.JoinAnswer
		if read(status, raw, &a) == nil {
			if clean, err := CleanAnswer(a); err == nil {
				again, err := CleanAnswer(clean)
				one, _ := json.Marshal(clean)
				two, _ := json.Marshal(again)
				if err != nil || string(one) != string(two) {
					t.Errorf("%s becomes %s, then %s, %v", raw, one, two, err)
				}
			}
		}
		var i camp.JoinInfo
		if read(status, raw, &i) == nil {
			_, _ = cleanInfo(i)
		}
	})
}
