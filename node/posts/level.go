package posts

import (
	"io"
	"strings"

	"golang.org/x/net/idna"

	"camp/node/camp"
)

// What the camp decided about a server holds for everything that comes from it:
// posts, people, what they are said to have done (community.md 4). All of it is
// asked when it is read, so that a decision holds at once, and one that is taken
// back leaves everything as it was.

// levels is a transaction that knows the camp's decisions about servers, and
// whether the camp talks with any.
type levels struct {
	Tx
	of      func(camp.Domain) camp.Level
	outside func() bool
	shut    func(language string) string
	people  map[camp.MemberID]camp.Level // of those looked up so far
	chance  io.Reader
}

// reaches reports whether anything written here may leave.
func reaches(tx Tx) bool {
	l, ok := tx.(levels)
	return ok && l.outside()
}

// shutOut reports whether nothing of a server is to be seen or told.
func shutOut(l camp.Level) bool { return l.Rank() >= camp.LevelBlock.Rank() }

// noMedia reports whether no pictures of a server are shown or fetched.
func noMedia(l camp.Level) bool { return l == camp.LevelMedia || shutOut(l) }

// levelAt says what the camp decided about the server of an address.
func levelAt(tx Tx, address string) camp.Level {
	l, ok := tx.(levels)
	host := hostOf(address)
	if !ok || host == "" {
		return camp.LevelNone
	}
	return l.of(host)
}

// levelOfPerson says what the camp decided about the servers that somebody goes
// by; people of the camp stand under no decision.
func levelOfPerson(tx Tx, id camp.MemberID) (camp.Level, error) {
	l, ok := tx.(levels)
	if !ok {
		return camp.LevelNone, nil
	}
	if level, known := l.people[id]; known {
		return level, nil
	}
	r, there, err := tx.Remote(id)
	if err != nil {
		return "", err
	}
	level := camp.LevelNone
	if there {
		for _, d := range r.Hosts() {
			level = camp.Harsher(level, l.of(d))
		}
	}
	l.people[id] = level
	return level, nil
}

// levelOf says what the camp decided about where a post came from: of the names
// that it bears the harshest counts.
func levelOf(tx Tx, p camp.Post) (camp.Level, error) {
	if p.Here() {
		return camp.LevelNone, nil
	}
	level, err := levelOfPerson(tx, p.Author)
	if err != nil {
		return "", err
	}
	level = camp.Harsher(level, levelAt(tx, p.URI))
	if sameServer(p.URI, p.Page) {
		return level, nil
	}
	return camp.Harsher(level, levelAt(tx, p.Page)), nil
}

// names is the profile by which the border reads the names of its decisions (UTS 46).
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.VerifyDNSLength(false))

// hostOf gives the server in an address, in the one form of its name.
func hostOf(address string) camp.Domain {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	host, _, _ := strings.Cut(rest, ":")
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for i := range len(host) {
		if host[i] >= 0x80 {
			if ascii, err := names.ToASCII(host); err == nil {
				return camp.Domain(strings.ToLower(ascii))
			}
			break
		}
	}
	return camp.Domain(host)
}

// sameServer reports whether two addresses begin alike, up to the end of the
// server's name: most posts have their page where they live. False says nothing.
func sameServer(a, b string) bool {
	at := strings.Index(a, "://")
	if at < 0 {
		return false
	}
	end := strings.IndexByte(a[at+3:], '/')
	return end >= 0 && strings.HasPrefix(b, a[:at+3+end+1])
}

// followed reports whether somebody elsewhere let a member follow them. What a
// decision cut counts while it can be undone: it is only asked about what the
// camp does not keep away.
func followed(tx Tx, m, author camp.MemberID) (bool, error) {
	f, ok, err := tx.Follow(m, author)
	if err != nil || ok && f.Accepted {
		return err == nil, err
	}
	s, ok, err := tx.Severed(m, author)
	return ok && s.Accepted, err
}

// filesShown leaves out of the files of a post those that are not to be fetched;
// some says that any were.
func filesShown(tx Tx, level camp.Level, files []camp.File) (shown []camp.File, some bool) {
	for i, f := range files {
		away := noMedia(level) || f.URL == "" || noMedia(levelAt(tx, f.URL))
		switch {
		case away && !some:
			some = true
			shown = append(shown, files[:i]...)
		case !away && some:
			shown = append(shown, f)
		}
	}
	if !some {
		return files, false
	}
	return shown, true
}

// emojiShown is filesShown for the small pictures in a text.
func emojiShown(tx Tx, level camp.Level, list []camp.Emoji) []camp.Emoji {
	var shown []camp.Emoji
	for _, e := range list {
		if !noMedia(level) && !noMedia(levelAt(tx, e.URL)) {
			shown = append(shown, e)
		}
	}
	return shown
}

// personShown is somebody elsewhere as the camp's decision lets them be seen:
// without pictures, or by nothing but their name.
func personShown(tx Tx, level camp.Level, r camp.Remote) camp.Remote {
	if shutOut(level) {
		return camp.Remote{ID: r.ID, URI: r.URI, Domain: r.Domain, Name: r.Name, At: r.At, Kind: r.Kind, Gone: r.Gone}
	}
	for _, picture := range []*string{&r.Face, &r.Banner} {
		if noMedia(level) || noMedia(levelAt(tx, *picture)) {
			*picture = ""
		}
	}
	r.Emoji = emojiShown(tx, level, r.Emoji)
	return r
}

// stripped takes the pictures out of a post that comes from a server of which
// none are fetched. That there were some, and what they show in words, stays.
func stripped(tx Tx, level camp.Level, p *camp.Post) {
	files := make([]camp.File, 0, len(p.Files))
	for _, f := range p.Files {
		if noMedia(level) || noMedia(levelAt(tx, f.URL)) {
			f = camp.File{Type: f.Type, Alt: f.Alt}
		}
		files = append(files, f)
	}
	p.Files = files
	p.Emoji = emojiShown(tx, level, p.Emoji)
}
