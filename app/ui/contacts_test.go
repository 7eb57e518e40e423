package ui

import (
	"testing"
	"time"

	"camp/node/camp"
)

// TestContacts: Home leads to whom this computer talked with.
func TestContacts(t *testing.T) {
	st := fullState()
	st.SentToday = 12_300_000
	b := newBench(t, st, "en")
	b.wantText("Sent today: 12 MB.")
	b.desk.answers[camp.DoContacts] = camp.Answer{Contacts: &camp.Contacts{Since: testNow().Add(-time.Hour), Servers: 12_300_000, List: []camp.Contact{
		{Kind: "router"}, {Kind: "server", Name: "far.example", Sent: 12_300_000, Last: testNow().Add(-time.Minute)},
	}}}
	b.tap("to.contacts")
	b.wantIntent(camp.Intent{Do: camp.DoContacts})
	if b.view.page != PagePrivacy {
		t.Errorf("shows %q", b.view.page)
	}
	b.wantText("Your router, for a door")
	b.wantText("far.example")
	b.desk.answers[camp.DoContacts] = camp.Answer{Contacts: &camp.Contacts{Since: testNow()}}
	b.tap("window.contacts.look")
	b.wantText("With nobody.")
}
