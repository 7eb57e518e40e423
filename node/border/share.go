package border

import (
	"encoding/csv"
	"strings"

	"camp/node/camp"
)

// shareHeader is the header that Mastodon writes and reads (community.md 6.1).
var shareHeader = []string{"#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"}

// Share writes the camp's own decisions as a list that other servers read
// (community.md 6.3), and says how many those are and how many are kept back.
// What a server is not to learn, that it finds nobody here, stands in no file
// that is made to be handed on (community.md 5): such decisions are kept back,
// and so are those that let somebody in.
func Share(blocks []camp.Block) (file []byte, n, back int, err error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write(shareHeader); err != nil {
		return nil, 0, 0, err
	}
	for _, x := range blocks {
		if x.Lifted || x.Source != camp.OwnBlock {
			continue
		}
		severity, media := "", "false"
		switch x.Level {
		case camp.LevelMedia:
			severity, media = "noop", "true"
		case camp.LevelLimit:
			severity = "silence"
		case camp.LevelBlock:
			severity = "suspend"
		default:
			back++
			continue
		}
		row := []string{string(x.Domain), severity, media, trueFalse(x.NoReports), harmless(x.Reason), "false"}
		if err := w.Write(row); err != nil {
			return nil, 0, 0, err
		}
		n++
	}
	w.Flush()
	return []byte(b.String()), n, back, w.Error()
}

func trueFalse(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// harmless keeps a spreadsheet from reckoning with what is text: a sign by which
// a formula begins gets an apostrophe before it, also where a spreadsheet that parts
// cells by another sign than the comma sees a cell begin.
func harmless(s string) string {
	var b strings.Builder
	first := true
	for _, r := range s {
		if first && strings.ContainsRune("=+-@", r) {
			b.WriteByte('\'')
		}
		b.WriteRune(r)
		first = r == ';' || r == '\t' || first && r == ' '
	}
	return b.String()
}
