package ap

import (
	"fmt"

	"camp/node/camp"
)

// Relations of NodeInfo's two versions, and of the server's own actor (FEP-d556).
const (
	RelNodeInfo20  = "http://nodeinfo.diaspora.software/ns/schema/2.0"
	RelNodeInfo21  = "http://nodeinfo.diaspora.software/ns/schema/2.1"
	RelApplication = "https://www.w3.org/ns/activitystreams#Application"
)

// NodeInfo says what runs on a server. Of others it is a claim.
type NodeInfo struct {
	Software   string // name: a-z, 0-9 and "-"
	Version    string
	Repository string // 2.1 only
	Protocols  []string
	Open       bool // openRegistrations
	Users      int  // -1 for not told; so the next three
	Active     int  // usersActiveMonth
	ActiveHalf int  // usersActiveHalfyear
	Posts      int
	Name       string // metadata.nodeName
}

// NodeInfoType is the content type of a version ("2.0", "2.1").
func NodeInfoType(version string) string {
	return `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/` + version + `#"; charset=utf-8`
}

// JSON is the document of a version; anything but "2.0" is 2.1.
func (n NodeInfo) JSON(version string) []byte {
	w := &writer{first: true}
	w.object("", func() {
		if version != "2.0" {
			version = "2.1"
		}
		w.text("version", version)
		w.object("software", func() {
			w.text("name", n.Software)
			w.text("version", n.Version)
			if version == "2.1" {
				w.text("repository", n.Repository)
			}
		})
		w.texts("protocols", n.Protocols)
		w.object("services", func() {
			w.texts("inbound", nil)
			w.texts("outbound", nil)
		})
		w.bool("openRegistrations", n.Open)
		w.object("usage", func() {
			w.object("users", func() {
				w.counted("total", n.Users)
				w.counted("activeMonth", n.Active)
				w.counted("activeHalfyear", n.ActiveHalf)
			})
			w.counted("localPosts", n.Posts)
		})
		w.object("metadata", func() { w.text("nodeName", n.Name) })
	})
	return w.b
}

// counted writes a number that is told.
func (w *writer) counted(name string, n int) {
	if n >= 0 {
		w.int(name, n)
	}
}

// NodeInfoLinks is /.well-known/nodeinfo: where the two versions are, and the
// id of the server's own actor ("" to leave it out).
func NodeInfoLinks(v20, v21, application string) []byte {
	w := &writer{first: true}
	w.object("", func() {
		w.list("links", func() {
			for _, l := range [][2]string{{RelNodeInfo20, v20}, {RelNodeInfo21, v21}, {RelApplication, application}} {
				if l[1] != "" {
					w.object("", func() {
						w.text("rel", l[0])
						w.text("href", l[1])
					})
				}
			}
		})
	})
	return w.b
}

// ParseNodeInfoLinks reads a /.well-known/nodeinfo of at most MaxWebFinger
// bytes: the address of the newest version we read, and the server's actor.
// ErrShape where neither is named.
func ParseNodeInfoLinks(b []byte) (document, application string, err error) {
	v, err := decode(b, MaxWebFinger)
	if err != nil {
		return "", "", err
	}
	rank, read := 0, 0
	for one := range v.get("links").all() {
		if read++; read > maxJRDLinks {
			break
		}
		href := idOf(one.get("href"))
		if HostOf(href) == "" {
			continue
		}
		switch rel := one.get("rel").str(); {
		case rel == RelNodeInfo21 && rank < 2:
			document, rank = href, 2
		case rel == RelNodeInfo20 && rank < 1:
			document, rank = href, 1
		case rel == RelApplication && application == "":
			application = href
		}
	}
	if document == "" && application == "" {
		return "", "", fmt.Errorf("%w: no NodeInfo", ErrShape)
	}
	return document, application, nil
}

// ParseNodeInfo reads a document of version 2.x of at most MaxWebFinger bytes.
func ParseNodeInfo(b []byte) (NodeInfo, error) {
	v, err := decode(b, MaxWebFinger)
	if err != nil {
		return NodeInfo{}, err
	}
	soft, usage := v.get("software").one(), v.get("usage").one()
	n := NodeInfo{
		Software: softwareName(soft.get("name").str()), Version: camp.CleanLine(soft.get("version").str(), 100),
		Open: v.get("openRegistrations").bool(), Name: camp.CleanLine(v.get("metadata").one().get("nodeName").str(), maxName),
		Users: usage.get("users").one().told("total"), Active: usage.get("users").one().told("activeMonth"),
		ActiveHalf: usage.get("users").one().told("activeHalfyear"), Posts: usage.told("localPosts"),
	}
	if r := soft.get("repository").str(); isWeb(r) {
		n.Repository = r
	}
	for p := range v.get("protocols").all() {
		if s := camp.CleanLine(p.plain(), 50); s != "" && len(n.Protocols) < 10 {
			n.Protocols = append(n.Protocols, s)
		}
	}
	if n.Software == "" {
		return NodeInfo{}, fmt.Errorf("%w: no software name", ErrShape)
	}
	return n, nil
}

func (v value) told(name string) int {
	if v.get(name).one().kind != isNumber {
		return -1
	}
	return v.get(name).count()
}

// softwareName takes what the schema allows, in lower case.
func softwareName(s string) string {
	out := make([]byte, 0, 50)
	for i := 0; i < len(s) && len(out) < 50; i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			out = append(out, c)
		}
	}
	return string(out)
}
