package camp

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rules is one published, immutable version of the camp's rules.
type Rules struct {
	Version int // 1 for the first
	Date    time.Time
	Texts   []string
	Hash    string // RulesHash(Version, Texts)
	Asks    int    // version of the last real change up to this one: who agreed to it, or to a later one, is not asked again
	Bar     int    // of a small change: so many objections take it back; 0 for every other version
	Back    int    // the small change that members took back by this version, which holds the texts from before it; 0 for none
}

// How long rules may get.
const (
	MaxRules = 30
	MaxRule  = 500 // characters of each
)

// ObjectTime is how long members can object to a small change (community.md 2).
const ObjectTime = 72 * time.Hour

// Small reports whether this version was published as a small change.
func (r Rules) Small() bool { return r.Bar > 0 }

// Until is when objecting to a small change ends.
func (r Rules) Until() time.Time { return r.Date.Add(ObjectTime) }

// Open reports whether members can object to it at that time.
func (r Rules) Open(now time.Time) bool { return r.Small() && now.Before(r.Until()) }

// RulesBar is how many objections make a small change a real one: three
// (community.md 2), and where fewer than six can object, half of them, rounded up,
// so that three of three are never needed: 1 of 2, 2 of 3 or 4, 3 of 5.
func RulesBar(others int) int { return max(1, min(3, (others+1)/2)) }

// RulesDraft are rules that the host wants to publish.
type RulesDraft struct {
	Texts []string
	Small bool   // the host says that only spelling or wording changes
	Hash  string // of the version they were made from; "" for whichever holds
}

// Alone reports whether nobody but the host belongs to the camp, and nobody waits.
func (s State) Alone() bool {
	return !slices.ContainsFunc(s.People, func(p Person) bool {
		return p.Role != RoleHost && (p.Standing.Counts() || p.Standing == Waiting)
	})
}

// RulesStand is how the rules in force stand for one reader.
type RulesStand struct {
	Alone bool // nobody but the host belongs to the camp, and nobody waits
	Open  bool // they are a small change, and can be objected to
	May   bool // the reader can object
	Mine  bool // and did
}

// RuleLines reads rules as somebody typed them, one a line; empty lines do not count.
func RuleLines(text string) []string {
	var texts []string
	for _, p := range paragraphs(text) {
		texts = append(texts, p...)
	}
	return unnumbered(texts)
}

// ParseRules reads rules from a file: one a paragraph where empty lines part
// them, else one a line.
func ParseRules(text string) []string {
	parts := paragraphs(text)
	if len(parts) < 2 {
		return RuleLines(text)
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = strings.Join(p, " ")
	}
	return unnumbered(texts)
}

// paragraphs are the lines of a text that are not empty, parted where an empty one stands.
func paragraphs(text string) (parts [][]string) {
	fresh := true
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			fresh = true
			continue
		case fresh:
			parts = append(parts, nil)
		}
		last := len(parts) - 1
		parts[last], fresh = append(parts[last], line), false
	}
	return parts
}

// unnumbered takes the numbers off where each text bears its own.
func unnumbered(texts []string) []string {
	bare := make([]string, len(texts))
	for i, t := range texts {
		rest, ok := strings.CutPrefix(t, strconv.Itoa(i+1)+".")
		if bare[i] = strings.TrimSpace(rest); !ok || bare[i] == "" {
			return texts
		}
	}
	return bare
}

// RulesHash is the lower-case hex SHA-256 over the version and the numbered
// texts, each on a line of its own.
func RulesHash(version int, texts []string) string {
	var b strings.Builder
	b.WriteString("camp rules " + strconv.Itoa(version) + "\n")
	for i, t := range texts {
		b.WriteString(strconv.Itoa(i+1) + ". " + strings.ReplaceAll(t, "\n", " ") + "\n")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// Agreement records that a member agreed to a version of the rules.
type Agreement struct {
	Member  MemberID
	Version int
	Hash    string
	At      time.Time
	By      string // "self", or "host" for a member made by the host's word
}

// Entry is one line of the host's log: a use of the host's or a helper's right.
type Entry struct {
	ID   EntryID
	At   time.Time
	By   MemberID          // 0: the program itself
	Deed string            // locale key below "log.", for instance "log.member_added"
	Whom MemberID          // 0 for nobody
	Args map[string]string // for the sentence; never text of posts
}

// Session is a signed-in browser.
type Session struct {
	ID     string // public handle, for the list; not the cookie
	Member MemberID
	Label  string // browser and system in words, as told by the browser
	Made   time.Time
	Ends   time.Time
}

// Token is a bearer token for programs.
type Token struct {
	ID     string
	Member MemberID
	Scopes []string
	Made   time.Time
	Tool   bool // of the host's own making, for tests and tools: not in safe mode
}
