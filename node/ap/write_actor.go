package ap

// JSON is the actor as it is served: a member, or the camp itself (Application).
// Of Keys those of RSA are written as publicKey, the first alone, since many
// peers read only one; those marked Multi as assertionMethod (FEP-521a).
func (a *Actor) JSON() []byte { return document(a.write) }

func (a *Actor) write(w *writer) {
	w.text("id", a.ID)
	w.text("type", a.Type)
	w.text("preferredUsername", a.Username)
	w.text("name", a.Display)
	w.text("summary", a.About)
	w.text("url", a.URL)
	w.text("inbox", a.Inbox)
	w.text("outbox", a.Outbox)
	w.text("followers", a.Followers)
	w.text("following", a.Following)
	w.text("featured", a.Featured)
	w.text("featuredTags", a.FeaturedTags)
	if a.Shared != "" {
		w.object("endpoints", func() { w.text("sharedInbox", a.Shared) })
	}
	w.time("published", a.Published)
	w.bool("manuallyApprovesFollowers", a.Locked)
	w.bool("discoverable", a.Discoverable)
	w.bool("indexable", a.Indexable)
	if a.Suspended {
		w.bool("suspended", true)
	}
	w.text("webfinger", a.Webfinger)
	picture := func(name, url string) {
		if url != "" {
			w.object(name, func() {
				w.text("type", "Image")
				w.text("url", url)
			})
		}
	}
	picture("icon", a.Icon)
	picture("image", a.Image)
	w.list("attachment", func() {
		for _, f := range a.Fields {
			w.object("", func() {
				w.text("type", "PropertyValue")
				w.text("name", f.Name)
				w.text("value", f.Value)
			})
		}
	})
	w.list("tag", func() { writeEmoji(w, a.Emoji) })
	if len(a.Also) > 0 {
		w.texts("alsoKnownAs", a.Also)
	}
	w.text("movedTo", a.Moved)
	a.writeKeys(w)
}

func (a *Actor) writeKeys(w *writer) {
	for _, k := range a.Keys {
		if !k.Multi {
			w.object("publicKey", func() {
				w.text("id", k.ID)
				w.text("owner", k.Owner)
				w.text("publicKeyPem", pemOf(k.DER))
			})
			break
		}
	}
	var multi []Key
	for _, k := range a.Keys {
		if k.Multi && multibaseOf(k.DER) != "" {
			multi = append(multi, k)
		}
	}
	if len(multi) == 0 {
		return
	}
	w.list("assertionMethod", func() {
		for _, k := range multi {
			w.object("", func() {
				w.text("id", k.ID)
				w.text("type", "Multikey")
				w.text("controller", k.Owner)
				w.text("publicKeyMultibase", multibaseOf(k.DER))
			})
		}
	})
}
