package ap

import (
	"strconv"

	"camp/node/camp"
)

// JSON is the post as it is served and sent. Content is taken as it is: it comes
// from HTML, or was cleaned when it came. bto and bcc are never written
// (ActivityPub §6). Times are cut to seconds.
func (p *Post) JSON() []byte { return document(p.write) }

// VoteNote is the vote of a member for one choice of a poll elsewhere: a Note
// with a name and no content, for the author of the poll alone (federation.md 8).
func VoteNote(id, voter, poll, author, choice string) *Post {
	return &Post{Type: "Note", ID: id, AttributedTo: []string{voter}, To: []string{author}, InReplyTo: poll, Vote: choice, ReplyCount: -1, LikeCount: -1, ShareCount: -1}
}

func (p *Post) write(w *writer) {
	w.text("id", p.ID)
	w.text("type", p.Type)
	switch len(p.AttributedTo) {
	case 0:
	case 1:
		w.text("attributedTo", p.AttributedTo[0])
	default:
		w.texts("attributedTo", p.AttributedTo)
	}
	w.time("published", p.Published)
	w.time("updated", p.Updated)
	w.text("url", p.URL)
	w.texts("to", p.To)
	w.texts("cc", p.Cc)
	if len(p.Groups) > 0 {
		w.texts("audience", p.Groups)
	}
	w.text("inReplyTo", p.InReplyTo)
	if p.Vote != "" {
		w.text("name", p.Vote)
		return
	}
	w.text("context", p.Context)
	w.text("conversation", p.Conversation)
	w.text("name", p.Title)
	w.text("summary", p.Summary)
	w.bool("sensitive", p.Sensitive)
	w.name("content")
	w.b = appendText(w.b, p.Content)
	if p.Language != "" {
		w.object("contentMap", func() { w.text(p.Language, p.Content) })
	}
	if p.Source != "" {
		w.object("source", func() {
			w.text("content", p.Source)
			w.text("mediaType", "text/plain")
		})
	}
	w.list("tag", func() { p.writeTags(w) })
	w.list("attachment", func() { p.writeFiles(w) })
	p.writePoll(w)
	p.writeQuote(w)
	p.Policy.write(w)
	p.writeEvent(w)
	counted(w, "replies", p.Replies, "Collection", p.ReplyCount)
	counted(w, "likes", p.Likes, "Collection", p.LikeCount)
	counted(w, "shares", p.Shares, "Collection", p.ShareCount)
}

// counted names a collection, with its size where that is told.
func counted(w *writer, name, id, kind string, total int) {
	if total < 0 || id == "" && total == 0 {
		w.text(name, id)
		return
	}
	w.object(name, func() {
		w.text("id", id)
		w.text("type", kind)
		w.int("totalItems", total)
	})
}

func (p *Post) writeTags(w *writer) {
	for _, m := range p.Mentions {
		w.object("", func() {
			w.text("type", "Mention")
			w.text("href", m.Href)
			w.text("name", m.Name)
		})
	}
	for _, h := range p.Hashtags {
		h.write(w)
	}
	writeEmoji(w, p.Emoji)
	if p.Quote != "" { // FEP-e232
		w.object("", func() {
			w.text("type", "Link")
			w.text("mediaType", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`)
			w.text("rel", "https://misskey-hub.net/ns#_misskey_quote")
			w.text("href", p.Quote)
		})
	}
}

func writeEmoji(w *writer, list []camp.Emoji) {
	for _, e := range list {
		w.object("", func() {
			w.text("type", "Emoji")
			w.text("name", ":"+e.Code+":")
			w.object("icon", func() {
				w.text("type", "Image")
				w.text("url", e.URL)
			})
		})
	}
}

func (p *Post) writeFiles(w *writer) {
	for _, f := range p.Files {
		w.object("", func() {
			w.text("type", "Document")
			w.text("mediaType", f.Type)
			w.text("url", f.URL)
			w.text("name", camp.CleanText(f.Alt, camp.MaxAlt))
			w.text("blurhash", f.Blur)
			if f.Width > 0 && f.Height > 0 {
				w.int("width", f.Width)
				w.int("height", f.Height)
			}
			if f.FocusX != 0 || f.FocusY != 0 {
				x, y := strconv.FormatFloat(f.FocusX, 'f', -1, 64), strconv.FormatFloat(f.FocusY, 'f', -1, 64)
				w.raw("focalPoint", "["+x+","+y+"]")
			}
		})
	}
	for _, l := range p.Links {
		w.object("", func() {
			w.text("type", "Link")
			w.text("href", l)
		})
	}
}

func (p *Post) writePoll(w *writer) {
	if p.Poll == nil {
		return
	}
	name := "oneOf"
	if p.Poll.Multiple {
		name = "anyOf"
	}
	w.list(name, func() {
		for _, c := range p.Poll.Choices {
			w.object("", func() {
				w.text("type", "Note")
				w.text("name", c.Text)
				w.object("replies", func() {
					w.text("type", "Collection")
					w.int("totalItems", c.Votes)
				})
			})
		}
	})
	w.time("endTime", p.Poll.Ends)
	if p.Poll.Closed {
		// Peers want the date; where there is none, yes. One that was closed before
		// its end must have Ends set to that day.
		if p.Poll.Ends.IsZero() {
			w.bool("closed", true)
		} else {
			w.time("closed", p.Poll.Ends)
		}
	}
	w.int("votersCount", p.Poll.Voters)
}

// writeQuote names the quoted post in all the ways that peers know (FEP-044f).
func (p *Post) writeQuote(w *writer) {
	for _, name := range []string{"quote", "quoteUrl", "quoteUri", "_misskey_quote"} {
		w.text(name, p.Quote)
	}
	w.text("quoteAuthorization", p.Stamp)
}

func (p Policy) write(w *writer) {
	if !p.Reply.Stated() && !p.Like.Stated() && !p.Announce.Stated() && !p.Quote.Stated() {
		return
	}
	rule := func(name string, r Rule) {
		if !r.Stated() {
			return
		}
		w.object(name, func() {
			if len(r.Auto) > 0 {
				w.texts("automaticApproval", r.Auto)
			}
			if len(r.Manual) > 0 {
				w.texts("manualApproval", r.Manual)
			}
		})
	}
	w.object("interactionPolicy", func() {
		rule("canReply", p.Reply)
		rule("canLike", p.Like)
		rule("canAnnounce", p.Announce)
		rule("canQuote", p.Quote)
	})
}

func (p *Post) writeEvent(w *writer) {
	if p.Event == nil {
		return
	}
	w.time("startTime", p.Event.Start)
	w.time("endTime", p.Event.End)
	if p.Event.Place == "" && p.Event.Page == "" {
		return
	}
	w.list("location", func() {
		if p.Event.Place != "" {
			w.object("", func() {
				w.text("type", "Place")
				w.text("name", p.Event.Place)
			})
		}
		if p.Event.Page != "" {
			w.object("", func() {
				w.text("type", "VirtualLocation")
				w.text("url", p.Event.Page)
			})
		}
	})
}

func (h Hashtag) write(w *writer) {
	w.object("", func() {
		w.text("type", "Hashtag")
		w.text("href", h.Href)
		w.text("name", "#"+h.Name)
	})
}
