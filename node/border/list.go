package border

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"camp/node/camp"
)

// Bounds of a list that is read (community.md 6.1).
const (
	MaxListBytes = 4 << 20
	maxListRows  = 20000
	maxRaw       = 80 // characters shown of a row that was skipped
)

// List is a list of servers as it reads, before anything is decided by it.
type List struct {
	Layout    string
	Rows      []ListRow
	Shared    []ListRow // names under which many unrelated people live: each wants a yes of its own
	Withdrawn []ListRow // the list's maker takes them back
	Skipped   []camp.ListSkip
}

// ListRow is what a list says about one server. What its maker noted for
// themself is not kept.
type ListRow struct {
	Domain    camp.Domain
	Level     camp.Level // never the firewall
	Reason    string
	NoReports bool
}

// said is one row before it is judged.
type said struct {
	name, severity, reason, digest string
	noMedia, noReports             bool
}

// ParseList reads a list in any layout of community.md 6.1; what none of them
// fits is refused whole. own is the camp's own name. Safe on what strangers wrote:
// bounded in bytes and rows, and every row that is not taken is named with why.
func ParseList(raw []byte, own camp.Domain) (List, error) {
	if len(raw) > MaxListBytes {
		return List{}, refuse(camp.Invalid, "border.list_long.say")
	}
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	p := listReader{own: own, at: map[camp.Domain]int{}}
	var err error
	if bytes.HasPrefix(raw, []byte("[")) {
		err = p.json(raw)
	} else if cols := header(raw); cols != nil {
		err = p.csv(raw, cols)
	} else {
		err = p.plain(raw)
	}
	if err != nil {
		return List{}, err
	}
	return p.list, nil
}

func notList(err error) error { return camp.NewFault(camp.Invalid, "border.not_list.say", err) }

// listReader takes rows in, one by one.
type listReader struct {
	own  camp.Domain
	list List
	rows int
	at   map[camp.Domain]int // in list.Rows
}

func (p *listReader) take(line int, s said) error {
	if p.rows++; p.rows > maxListRows {
		return refuse(camp.Invalid, "border.list_long.say")
	}
	d, why := p.name(s)
	level, known := severity(s)
	switch {
	case why == "" && !known:
		why = "unknown-severity"
	case why == "obfuscated" && isDigest(s.digest):
		why = "digest" // known by its fingerprint alone
	}
	if why != "" {
		p.list.Skipped = append(p.list.Skipped, camp.ListSkip{Line: line, Raw: camp.CleanLine(s.name, maxRaw), Why: why})
		return nil
	}
	r := ListRow{Domain: d, Level: level, Reason: camp.CleanLine(s.reason, maxReason), NoReports: s.noReports}
	switch {
	case level == camp.LevelNone:
		p.list.Withdrawn = append(p.list.Withdrawn, r)
	case Shared(d):
		p.list.Shared = append(p.list.Shared, r)
	default:
		p.join(r)
	}
	return nil
}

// join adds a row; of two about one name the harsher stands, with its reason.
func (p *listReader) join(r ListRow) {
	i, twice := p.at[r.Domain]
	if !twice {
		p.at[r.Domain] = len(p.list.Rows)
		p.list.Rows = append(p.list.Rows, r)
		return
	}
	had := &p.list.Rows[i]
	r.NoReports = r.NoReports || had.NoReports
	if r.Level.Rank() <= had.Level.Rank() {
		r.Level, r.Reason = had.Level, had.Reason
	}
	*had = r
}

// name reads the name of a row, or says why it is none to decide about.
func (p *listReader) name(s said) (d camp.Domain, why string) {
	n := strings.TrimSpace(s.name)
	switch {
	case n == "":
		return "", "empty"
	case strings.Contains(strings.TrimPrefix(n, "*."), "*"):
		return "", "obfuscated"
	case isIP(n):
		return "", "ip-literal"
	case strings.ContainsAny(n, "/@:?#\\"):
		return "", "not-a-domain"
	}
	bare := strings.ToLower(strings.Trim(strings.TrimPrefix(n, "*."), "."))
	if !strings.Contains(bare, ".") {
		if _, icann := publicsuffix.PublicSuffix(bare); icann {
			return "", "public-suffix"
		}
		return "", "single-label"
	}
	d, err := ParseDomain(n)
	switch {
	case camp.AsFault(err) != nil && camp.AsFault(err).Say == "border.registry.say":
		return "", "public-suffix"
	case err != nil:
		return "", "bad-label"
	case p.own != "" && (d.Within(p.own) || p.own.Within(d)):
		return "", "own-domain"
	case canary(d, s.reason):
		return "", "canary"
	}
	return d, ""
}

// canary reports whether a row was planted to see who applies a list unread.
func canary(d camp.Domain, reason string) bool {
	first, _, _ := strings.Cut(string(d), ".")
	return strings.Contains(first, "canary") || strings.HasPrefix(first, "000") || d.Within("invalid") || strings.Contains(strings.ToLower(reason), "canary")
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

func isDigest(s string) bool { // SHA-256 of the whole name, as Mastodon's public list has it
	return len(s) == 64 && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// severity gives the level that a row asks for. Without a word it is a block.
func severity(s said) (camp.Level, bool) {
	switch strings.ToLower(strings.TrimSpace(s.severity)) {
	case "", "suspend":
		return camp.LevelBlock, true
	case "silence", "limit":
		return camp.LevelLimit, true
	case "noop":
		if s.noMedia {
			return camp.LevelMedia, true
		}
		return camp.LevelNone, true
	}
	return "", false
}

// columns say where in a row something stands, -1 for nowhere.
type columns struct {
	mastodon                                    bool
	domain, severity, reason, noMedia, noReport int
}

// header reads the first line as the names of columns; nil where it is no header.
func header(raw []byte) *columns {
	line, _, _ := bytes.Cut(raw, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(line))
	r.LazyQuotes = true
	names, err := r.Read()
	if err != nil {
		return nil
	}
	for i, n := range names {
		names[i] = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(n)), "#")
	}
	c := &columns{
		mastodon: bytes.HasPrefix(bytes.ToLower(line), []byte("#domain")), domain: slices.Index(names, "domain"), severity: slices.Index(names, "severity"),
		reason: slices.Index(names, "public_comment"), noMedia: slices.Index(names, "reject_media"), noReport: slices.Index(names, "reject_reports"),
	}
	if c.domain < 0 {
		return nil
	}
	return c
}

func (p *listReader) csv(raw []byte, c *columns) error {
	p.list.Layout = "fediblockhole-csv"
	if c.mastodon {
		p.list.Layout = "mastodon-csv"
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = true, -1, true
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return notList(err)
		}
		if first {
			continue
		}
		cell := func(i int) string {
			if i < 0 || i >= len(row) {
				return ""
			}
			return row[i]
		}
		line, _ := r.FieldPos(0)
		s := said{name: cell(c.domain), severity: cell(c.severity), reason: cell(c.reason), noMedia: yes(cell(c.noMedia)), noReports: yes(cell(c.noReport))}
		if err := p.take(line, s); err != nil {
			return err
		}
	}
}

func yes(s string) bool { return strings.EqualFold(strings.TrimSpace(s), "true") }

// plain reads one name a line. A text is no list because a name stands in it: at
// least half of its lines are to be names.
func (p *listReader) plain(raw []byte) error {
	p.list.Layout = "plain"
	n, lines := 0, 0
	for line := range strings.SplitSeq(string(raw), "\n") {
		n++
		line = strings.TrimRight(strings.TrimSpace(line), ",; \t")
		if line == "" || line[0] == '#' {
			continue
		}
		lines++
		if err := p.take(n, said{name: line}); err != nil {
			return err
		}
	}
	odd := 0
	for _, s := range p.list.Skipped {
		if s.Why != "obfuscated" && s.Why != "canary" && s.Why != "own-domain" && s.Why != "public-suffix" {
			odd++
		}
	}
	if lines == 0 || 2*odd > lines {
		return notList(nil)
	}
	return nil
}

// listJSON is a row of what servers tell of whom they keep away.
type listJSON struct {
	Domain        string          `json:"domain"`
	Severity      *string         `json:"severity"`
	SuspendedAt   json.RawMessage `json:"suspended_at"`
	Comment       string          `json:"comment"`
	PublicComment string          `json:"public_comment"`
	Digest        string          `json:"digest"`
}

func (p *listReader) json(raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return notList(err)
	}
	for i := 0; dec.More(); i++ {
		var row listJSON
		if err := dec.Decode(&row); err != nil {
			return notList(err)
		}
		s := said{name: row.Domain, reason: row.Comment, digest: row.Digest}
		if s.reason == "" {
			s.reason = row.PublicComment
		}
		switch {
		case row.Severity != nil:
			p.list.Layout, s.severity = "mastodon-json", *row.Severity
		case row.SuspendedAt == nil:
			return notList(nil)
		case string(row.SuspendedAt) == "null":
			s.severity = "not suspended"
		}
		if err := p.take(i, s); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil || len(bytes.TrimSpace(raw[dec.InputOffset():])) > 0 || p.rows == 0 {
		return notList(err)
	}
	if p.list.Layout == "" {
		p.list.Layout = "peers-json"
	}
	return nil
}
