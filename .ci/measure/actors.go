package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"camp/node/camp"
	"camp/node/posts"
	"camp/store"
)

const (
	actorsAtOnce = 200 // in one transaction
	actorHosts   = 500
	followEvery  = 100 // the host follows one in so many
)

// meetActors makes people of elsewhere known, each with a key and a post for
// everybody; the host follows some, so that their posts stand in the home line.
func meetActors(ctx context.Context, db *store.DB, host camp.Actor, n int) (perSecond float64, err error) {
	began := time.Now()
	for first := 0; first < n; first += actorsAtOnce {
		err := db.Update(ctx, func(tx *store.Tx) error {
			for i := first; i < min(n, first+actorsAtOnce); i++ {
				if err := meetActor(tx, host, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("person %d of elsewhere: %w", first, err)
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

func meetActor(tx *store.Tx, host camp.Actor, i int) error {
	at := camp.Domain(fmt.Sprintf("s%d.example", i%actorHosts))
	name := fmt.Sprintf("person%d", i)
	home := "https://" + string(at)
	uri := home + "/users/" + name
	key := make([]byte, 294) // as long as that of RSA with 2,048 bits
	if _, err := rand.Read(key); err != nil {
		return err
	}
	r := camp.Remote{
		ID: camp.MemberID(tx.NextID()), URI: uri, Domain: at, At: at, Name: name, Kind: camp.RemotePerson,
		Display: "Person " + name, About: "<p>" + text(i)[:120] + "</p>", Page: home + "/@" + name,
		Inbox: uri + "/inbox", Shared: home + "/inbox", Followers: uri + "/followers", Outbox: uri + "/outbox", Featured: uri + "/featured",
		Face: home + "/media/" + name + ".jpg", Fetched: tx.Now(), Keys: []camp.RemoteKey{{ID: uri + "#main-key", DER: key}},
	}
	if err := tx.PutRemote(r, nil); err != nil {
		return err
	}
	if i%followEvery == 0 {
		if err := tx.PutFollow(camp.Follow{From: host.Member, To: r.ID, At: tx.Now(), Accepted: true}); err != nil {
			return err
		}
	}
	p := camp.Post{
		Author: r.ID, Audience: camp.AudiencePublic, Text: text(i), Body: "<p>" + text(i) + "</p>",
		URI: fmt.Sprintf("%s/posts/%d", uri, i), Page: fmt.Sprintf("%s/@%s/%d", home, name, i), Written: tx.Now(),
	}
	_, _, err := posts.Arrive(tx, posts.Arrival{Post: p, Asked: true})
	return err
}
