package ap

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// writer puts JSON together: members in the order they are given, so that the
// same values always give the same bytes.
type writer struct {
	b     []byte
	first bool
}

func (w *writer) comma() {
	if !w.first {
		w.b = append(w.b, ',')
	}
	w.first = false
}

func (w *writer) name(n string) {
	w.comma()
	w.b = append(appendText(w.b, n), ':')
}

// object writes an object as a member, or as an entry where n is "".
func (w *writer) object(n string, fill func()) {
	if n != "" {
		w.name(n)
	} else {
		w.comma()
	}
	w.b, w.first = append(w.b, '{'), true
	fill()
	w.b, w.first = append(w.b, '}'), false
}

// list writes an array, also of none or one (federation.md 2).
func (w *writer) list(n string, fill func()) {
	w.name(n)
	w.b, w.first = append(w.b, '['), true
	fill()
	w.b, w.first = append(w.b, ']'), false
}

func (w *writer) entry(s string) {
	w.comma()
	w.b = appendText(w.b, s)
}

// texts writes an array of texts.
func (w *writer) texts(n string, list []string) {
	w.list(n, func() {
		for _, s := range list {
			w.entry(s)
		}
	})
}

// text writes a member that is not empty.
func (w *writer) text(n, s string) {
	if s != "" {
		w.name(n)
		w.b = appendText(w.b, s)
	}
}

func (w *writer) bool(n string, v bool) {
	w.name(n)
	w.b = strconv.AppendBool(w.b, v)
}

func (w *writer) int(n string, v int) {
	w.name(n)
	w.b = strconv.AppendInt(w.b, int64(v), 10)
}

// time writes whole seconds in UTC, as Mastodon does; nothing for zero.
func (w *writer) time(n string, t time.Time) {
	if !t.IsZero() {
		w.text(n, t.UTC().Format(time.RFC3339))
	}
}

// raw writes what is JSON already.
func (w *writer) raw(n, json string) {
	w.name(n)
	w.b = append(w.b, json...)
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON text. What is no UTF-8 is left out.
func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// Words of others that our documents use, spelled out in each: nobody has to
// fetch anything to understand them (federation.md 2).
const contextMap = `{"manuallyApprovesFollowers":"as:manuallyApprovesFollowers","alsoKnownAs":{"@id":"as:alsoKnownAs","@type":"@id"},` +
	`"movedTo":{"@id":"as:movedTo","@type":"@id"},"sensitive":"as:sensitive","Hashtag":"as:Hashtag",` +
	`"toot":"http://joinmastodon.org/ns#","Emoji":"toot:Emoji","featured":{"@id":"toot:featured","@type":"@id"},"featuredTags":{"@id":"toot:featuredTags","@type":"@id"},` +
	`"discoverable":"toot:discoverable","indexable":"toot:indexable","votersCount":"toot:votersCount","blurhash":"toot:blurhash",` +
	`"focalPoint":{"@container":"@list","@id":"toot:focalPoint"},` +
	`"schema":"http://schema.org#","PropertyValue":"schema:PropertyValue","value":"schema:value",` +
	`"ostatus":"http://ostatus.org#","conversation":"ostatus:conversation",` +
	`"webfinger":{"@id":"https://purl.archive.org/socialweb/webfinger#webfinger","@type":"http://www.w3.org/2001/XMLSchema#string"},` +
	`"misskey":"https://misskey-hub.net/ns#","_misskey_quote":"misskey:_misskey_quote","quoteUri":"http://fedibird.com/ns#quoteUri","quoteUrl":"as:quoteUrl",` +
	`"QuoteRequest":"https://w3id.org/fep/044f#QuoteRequest","QuoteAuthorization":"https://w3id.org/fep/044f#QuoteAuthorization",` +
	`"quote":{"@id":"https://w3id.org/fep/044f#quote","@type":"@id"},"quoteAuthorization":{"@id":"https://w3id.org/fep/044f#quoteAuthorization","@type":"@id"},` +
	`"assertionMethod":{"@id":"https://w3id.org/security#assertionMethod","@type":"@id","@container":"@set"},"litepub":"http://litepub.social/ns#","EmojiReact":"litepub:EmojiReact",` +
	`"gts":"https://gotosocial.org/ns#","interactionPolicy":{"@id":"gts:interactionPolicy","@type":"@id"},"canQuote":{"@id":"gts:canQuote","@type":"@id"},` +
	`"canReply":{"@id":"gts:canReply","@type":"@id"},"canLike":{"@id":"gts:canLike","@type":"@id"},"canAnnounce":{"@id":"gts:canAnnounce","@type":"@id"},` +
	`"automaticApproval":{"@id":"gts:automaticApproval","@type":"@id"},"manualApproval":{"@id":"gts:manualApproval","@type":"@id"},` +
	`"interactingObject":{"@id":"gts:interactingObject","@type":"@id"},"interactionTarget":{"@id":"gts:interactionTarget","@type":"@id"}}`

const contextJSON = `["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1","https://w3id.org/security/multikey/v1",` + contextMap + `]`

// document writes a whole document with its @context.
func document(fill func(*writer)) []byte {
	w := &writer{b: make([]byte, 0, 4096), first: true}
	w.object("", func() {
		w.raw("@context", contextJSON)
		fill(w)
	})
	return w.b
}
