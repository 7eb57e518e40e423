package desk

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"camp/app/place"
	"camp/node/camp"
	"camp/node/fed"
	"camp/store"
)

// The host makes new keys, for a member and for the camp itself: the old ones are
// shown and used no more, and the log tells.
func TestNewKeys(t *testing.T) {
	certFile, keyFile, roots := signed(t, "oak.example")
	k := keep(t, t.TempDir(), func(o *Options) {
		o.AtOnce, o.Roots, o.Lookup = true, roots, leading("127.0.0.1")
		o.Wishes = place.Wishes{Domain: "oak.example", HTTPS: "127.0.0.1:0", TLSCert: certFile, TLSKey: keyFile, Tunnel: "127.0.0.1:0"}
	})
	at := k.until("on", in(camp.On)).World.Address
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "ana"})
	shown := func() string { // the camp's own document, which everybody may read
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://oak.example/ap/-", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "application/activity+json")
		res, err := elsewhere(at, roots).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		_, key, ok := strings.Cut(string(body), "publicKeyPem")
		if err != nil || !ok {
			t.Fatalf("%d %s, %v", res.StatusCode, body, err)
		}
		return key
	}
	held := func(who camp.MemberID) (secret string) {
		t.Helper()
		err := store.As[fed.KeyTx](k.on.Load().db).View(t.Context(), func(tx fed.KeyTx) error {
			key, _, err := tx.ActorKey(who)
			secret = string(key.Private.Reveal())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	ana, err := k.on.Load().node.People.SignsAs(t.Context(), k.on.Load().node.Host(), "ana")
	if err != nil {
		t.Fatal(err)
	}
	page, own, hers := shown(), held(0), held(ana)
	k.do(camp.Intent{Do: camp.DoKeysRenew})
	if shown() == page || held(0) == own || held(ana) != hers {
		t.Error("the camp's own key is not another, or not alone")
	}
	own = held(0)
	k.do(camp.Intent{Do: camp.DoKeysRenew, Person: "ana"})
	first := held(ana)
	k.do(camp.Intent{Do: camp.DoKeysRenew, Person: "ana"})
	if first == hers || held(ana) == first || held(0) != own {
		t.Error("a member's key is not another, or not alone")
	}
	st := k.until("told", func(st camp.State) bool {
		return slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.key_renewed" && l.Args["Whom"] == "ana" })
	})
	if !slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.camp_key_renewed" }) {
		t.Errorf("the log: %+v", st.Log)
	}
	k.refused(camp.Intent{Do: camp.DoKeysRenew, Person: "nobody"}, "people.nobody.say")
	err = k.on.Load().node.RenewKey(t.Context(), camp.Actor{Member: ana, Role: camp.RoleHost}, "ana") // what she says of herself is not asked
	if err == nil || camp.AsFault(err).Say != "people.only_host.say" {
		t.Errorf("a member renews a key: %v", err)
	}
	own, hers = held(0), held(ana)
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "new"})
	k.do(camp.Intent{Do: camp.DoKeysRenewAll})
	if held(0) == own || held(ana) == hers {
		t.Error("a key stayed as it was")
	}
	fresh, err := k.on.Load().node.People.SignsAs(t.Context(), k.on.Load().node.Host(), "new")
	if err != nil || held(fresh) != "" {
		t.Errorf("who never signed has a key: %v", err)
	}
	k.until("told of all", func(st camp.State) bool {
		return slices.ContainsFunc(st.Log, func(l camp.LogLine) bool { return l.Deed == "log.all_keys_renewed" })
	})
	own = held(0)
	err = k.on.Load().node.RenewKeys(t.Context(), camp.Actor{Member: ana, Role: camp.RoleHost})
	if err == nil || camp.AsFault(err).Say != "people.only_host.say" || held(0) != own {
		t.Errorf("a member renews all keys: %v", err)
	}
	k.do(camp.Intent{Do: camp.DoMemberAdd, Person: "gus", Role: camp.RoleGuest})
	k.refused(camp.Intent{Do: camp.DoKeysRenew, Person: "gus"}, "fed.no_key.say")
}

// A camp that nobody elsewhere knows signs nothing.
func TestNoKeysWithoutAName(t *testing.T) {
	h := hosting(t, t.TempDir())
	h.refused(camp.Intent{Do: camp.DoKeysRenew}, "fed.no_keys.say")
	h.refused(camp.Intent{Do: camp.DoKeysRenewAll}, "fed.no_keys.say")
}
