package camp

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestHouseAddress(t *testing.T) {
	h := House{Slug: "the-orchard", Fingerprint: "abcdefgh23456723"}
	if got := h.Address(); got != "the-orchard-abcdefgh23456723.camp.internal" {
		t.Errorf("address without a domain: %q", got)
	}
	h.Domain = "orchard.example"
	if got := h.Address(); got != "orchard.example" {
		t.Errorf("address with a domain: %q", got)
	}
}

// Tests outside the project read these names: they are a contract.
func TestStateKeepsItsContract(t *testing.T) {
	b, err := json.Marshal(State{Phase: On})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"state", "name", "domain", "web", "tunnel", "members", "waiting", "blocked", "lab", "version"} {
		if _, ok := got[key]; !ok {
			t.Errorf("status has no %q", key)
		}
	}
	if got["state"] != "on" {
		t.Errorf("a camp that is on says %v", got["state"])
	}
	b, err = json.Marshal(Person{Name: "noor", Role: RoleHost, Standing: Joined})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"name":"noor"`, `"role":"host"`, `"state":"member"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("a person is %s, without %s", b, want)
		}
	}
	for phase, want := range map[Phase]string{Off: "off", Starting: "starting", On: "on", Paused: "paused", Stopping: "stopping", Trouble: "trouble"} {
		if string(phase) != want {
			t.Errorf("phase %q, want %q", phase, want)
		}
	}
}

func TestFault(t *testing.T) {
	cause := errors.New("disk gone")
	fault := &Fault{Kind: Full, Say: "space.full.say", Args: map[string]string{"Name": "hollyhock"}, Err: cause}
	wrapped := fmt.Errorf("write post: %w", fault)
	if got := AsFault(wrapped); got != fault {
		t.Errorf("AsFault lost the fault: %v", got)
	}
	if !errors.Is(wrapped, cause) {
		t.Error("the cause cannot be found")
	}
	if s := fault.Error(); strings.Contains(s, "hollyhock") || !strings.Contains(s, "disk gone") || !strings.Contains(s, "space.full.say") {
		t.Errorf("for the log: %q; wants the key and the cause, never what fills the sentence", s)
	}
	if got := AsFault(cause); got.Kind != Internal || got.Say != "fault.internal.say" || !errors.Is(got, cause) {
		t.Errorf("a bare error became %+v", got)
	}
	if got := AsFault(nil); got != nil {
		t.Errorf("no error became %v", got)
	}
	if got := NewFault(NotFound, "post.gone.say", nil); got.Kind != NotFound || got.Err != nil || got.Error() != "not found (post.gone.say)" {
		t.Errorf("NewFault gives %q", got.Error())
	}
}
