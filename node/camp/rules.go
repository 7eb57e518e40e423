package camp

import (
	"crypto/sha256"
	"encoding/hex"
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
