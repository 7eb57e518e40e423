package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"camp/node/camp"
)

// since gives what was asked of the desk after the first n deeds.
func (f *fake) since(n int) []camp.Intent {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[n:]
}

// TestHostReaches: what a code brings with it is told before the first, and
// can be chosen there and under settings; nothing is asked twice.
func TestHostReaches(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/settings"), 200, "When this computer sleeps, the camp sleeps.", `name="door" value="on" checked`)
	b.want(b.get("/host"), 200, "Your router is not asked for a door.")
	b.want(b.post("/host/reach", "back", "settings", "home", "on", "awake", "on"), http.StatusSeeOther)
	got := f.since(0)
	if len(got) != 3 || got[0].Do != camp.DoReach || got[0].On || got[1].Do != camp.DoLAN || !got[1].On || got[2].Do != camp.DoSettings || !got[2].Settings.KeepAwake {
		t.Fatalf("asked %+v", got)
	}
	f.state.Reach, f.state.Settings.KeepAwake = camp.Reach{Asked: true, LAN: true, State: "off"}, true
	b.want(b.post("/host/reach", "back", "invites", "home", "on", "awake", "on"), http.StatusSeeOther)
	if got := f.since(3); len(got) != 0 {
		t.Errorf("nothing was changed, and asked: %+v", got)
	}
	b.want(b.post("/host/reach", "door", "on", "home", "on", "awake", "on"), http.StatusSeeOther)
	if got := f.since(3); len(got) != 1 || got[0].Do != camp.DoReach || !got[0].On {
		t.Errorf("asked %+v", got)
	}
	f.state.Reach.State = "shared"
	b.want(b.get("/host"), 200, "Nothing is broken")
	m := f.browser(t, mara)
	if w := m.post("/host/reach", "door", "on"); w.Code == http.StatusSeeOther || len(f.since(4)) != 0 {
		t.Errorf("a member switched the host's router: %d", w.Code)
	}
}

// TestFirstInviteOfPages: before the very first code the host is told, on the page.
func TestFirstInviteOfPages(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	f.guests.none = true
	b.want(b.get("/invites"), 200, "When this computer sleeps", `name="door" value="on" checked`, `value="invites"`)
	f.state.Reach.Asked = true
	if w := b.get("/invites"); strings.Contains(w.Body.String(), `name="door"`) {
		t.Error("asked again although the host chose")
	}
	f.state.Reach.Asked = false
	if w := f.browser(t, mara).get("/invites"); strings.Contains(w.Body.String(), `name="door"`) {
		t.Error("a member is asked about the host's router")
	}
}

// TestHostBreaksAndDevices: a break, a lost device, a pause.
func TestHostBreaksAndDevices(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	b.want(b.get("/host/people/mara"), 200, "&lt;laptop&gt;", "Connect anew", "can read, and take their things along")
	for _, row := range []struct {
		path string
		form []string
		want camp.Intent
	}{
		{"/host/people/mara/break", []string{"for", "week"}, camp.Intent{Do: camp.DoSuspend, Person: "mara", For: 7 * 24 * time.Hour}},
		{"/host/people/mara/break", []string{"for", "open"}, camp.Intent{Do: camp.DoSuspend, Person: "mara"}},
		{"/host/people/mara/break", []string{"for", "end"}, camp.Intent{Do: camp.DoReturn, Person: "mara"}},
		{"/host/people/mara/device", []string{"do", "again", "serial", "7"}, camp.Intent{Do: camp.DoReconnect, Person: "mara", Serial: 7}},
		{"/host/people/mara/device", []string{"do", "gone", "serial", "8"}, camp.Intent{Do: camp.DoDeviceRemove, Person: "mara", Serial: 8}},
		{"/host/pause", []string{"for", "hour"}, camp.Intent{Do: camp.DoPause, For: time.Hour}},
		{"/host/pause", []string{"for", "open"}, camp.Intent{Do: camp.DoPause}},
		{"/host/pause", []string{"for", "end"}, camp.Intent{Do: camp.DoResume}},
	} {
		n := len(f.since(0))
		b.want(b.post(row.path, row.form...), http.StatusSeeOther)
		got := f.since(n)
		if len(got) != 1 || got[0].Do != row.want.Do || got[0].Person != row.want.Person || got[0].For != row.want.For || got[0].Serial != row.want.Serial {
			t.Errorf("%s %v asked %+v", row.path, row.form, got)
		}
	}
	n := len(f.since(0))
	for path, form := range map[string][]string{
		"/host/people/mara/break": {"for", "ever"}, "/host/people/mara/device": {"do", "dance", "serial", "7"}, "/host/pause": {},
	} {
		if w := b.post(path, form...); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s %v: %d", path, form, w.Code)
		}
	}
	if got := f.since(n); len(got) != 0 {
		t.Errorf("nonsense was asked: %+v", got)
	}
	m := f.members[mara]
	m.Standing, m.Until = camp.Suspended, f.now.Add(24*time.Hour)
	f.members[mara] = m
	b.want(b.get("/host/people/mara"), 200, "End the break", "Until ")
	f.state.Phase = camp.Paused
	b.want(b.get("/host"), 200, "Switch on")
}

// TestHostLetsAppsIn: the choice stands where the camp has a name in the wider
// world, changes nothing else, and is the host's alone.
func TestHostLetsAppsIn(t *testing.T) {
	f := newFake()
	b := f.browser(t, vera)
	if w := b.get("/host/settings"); strings.Contains(w.Body.String(), "/host/settings/apps") {
		t.Error("a silent camp offers to let apps in from outside")
	}
	f.state.World = camp.World{On: true, Domain: "oak.example"}
	f.state.Settings.KeepAwake = true
	b.want(b.get("/host/settings"), 200, "oak.example", `name="apps" value="on">`)
	b.want(b.post("/host/settings/apps", "apps", "on"), http.StatusSeeOther)
	got := f.since(0)
	if len(got) != 1 || got[0].Do != camp.DoSettings || !got[0].Settings.Apps || !got[0].Settings.KeepAwake {
		t.Fatalf("asked %+v", got)
	}
	f.state.Settings.Apps = true
	b.want(b.get("/host/settings"), 200, `name="apps" value="on" checked>`)
	b.want(b.post("/host/settings/apps"), http.StatusSeeOther)
	if got := f.since(1); len(got) != 1 || got[0].Settings.Apps {
		t.Fatalf("asked %+v", got)
	}
	m := f.browser(t, mara)
	if w := m.post("/host/settings/apps", "apps", "on"); w.Code == http.StatusSeeOther || len(f.since(2)) != 0 {
		t.Errorf("a member let apps in: %d", w.Code)
	}
}
