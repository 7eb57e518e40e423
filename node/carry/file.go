package carry

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"camp/node/camp"
)

// Reading is what a file is written from.
type Reading interface {
	House() (h camp.House, ok bool, err error)
	Member(camp.MemberID) (m camp.Member, ok bool, err error)
	Remote(camp.MemberID) (r camp.Remote, ok bool, err error)
	FollowsOf(from, after camp.MemberID, limit int) ([]camp.Follow, error)
	ApartOf(who camp.MemberID) ([]camp.Apart, error)
}

// FileName is under which name other programs look for a list.
func FileName(what camp.ListKind) string {
	switch what {
	case camp.ListFollows:
		return "following_accounts.csv"
	case camp.ListBlocks:
		return "blocked_accounts.csv"
	case camp.ListMutes:
		return "muted_accounts.csv"
	}
	return ""
}

// Write writes one list of a member's and gives how many people are in it.
func Write(to io.Writer, tx Reading, m camp.MemberID, what camp.ListKind) (n int, err error) {
	w := csv.NewWriter(to)
	line := func(id camp.MemberID, more ...string) error {
		a, err := address(tx, id)
		if err != nil || a == "" {
			return err
		}
		n++
		return w.Write(append([]string{a}, more...))
	}
	if what == camp.ListFollows {
		err = writeFollows(w, tx, m, line)
	} else {
		err = writeApart(w, tx, m, what, line)
	}
	w.Flush()
	if err = errors.Join(err, w.Error()); err != nil {
		return n, fmt.Errorf("write a list: %w", err)
	}
	return n, nil
}

func writeFollows(w *csv.Writer, tx Reading, m camp.MemberID, line func(camp.MemberID, ...string) error) error {
	if err := w.Write([]string{"Account address", "Show boosts", "Notify on new posts", "Languages"}); err != nil {
		return err
	}
	list, err := tx.FollowsOf(m, 0, 0)
	if err != nil {
		return err
	}
	for _, f := range list {
		if err := line(f.To, strconv.FormatBool(!f.NoBoosts), "false", ""); err != nil {
			return err
		}
	}
	return nil
}

func writeApart(w *csv.Writer, tx Reading, m camp.MemberID, what camp.ListKind, line func(camp.MemberID, ...string) error) error {
	if what == camp.ListMutes {
		if err := w.Write([]string{"Account address", "Hide notifications"}); err != nil {
			return err
		}
	}
	list, err := tx.ApartOf(m)
	if err != nil {
		return err
	}
	for _, a := range list {
		switch {
		case what == camp.ListBlocks && a.Blocked:
			err = line(a.Whom)
		case what == camp.ListMutes && a.Muted:
			err = line(a.Whom, "true")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// address is how somebody is called everywhere; "" for who is not known any
// more. What a table would take for a formula is made plain text.
func address(tx Reading, id camp.MemberID) (string, error) {
	a := ""
	m, here, err := tx.Member(id)
	if err != nil {
		return "", err
	}
	if here {
		h, _, err := tx.House()
		if err != nil {
			return "", err
		}
		a = m.Name + "@" + h.Address()
	} else {
		r, ok, err := tx.Remote(id)
		if err != nil || !ok {
			return "", err
		}
		a = r.Handle()
	}
	if strings.ContainsAny(a[:1], "=+-@\t\r") {
		a = "'" + a
	}
	return a, nil
}

// Faults of a file as a whole.
var (
	errLarge  = &camp.Fault{Kind: camp.Invalid, Say: "carry.large.say", Args: map[string]string{"Most": strconv.Itoa(MaxRows)}}
	errNoList = &camp.Fault{Kind: camp.Invalid, Say: "carry.no_list.say"}
)

// maxAddress bounds a handle with its server, in bytes.
const maxAddress = 400

// Read reads a list of people in any of the layouts, by content: a first line
// that names its columns, or one address a line. Each person stands in it once.
// A line that holds no address comes with why.
func Read(file io.Reader) ([]camp.ImportRow, error) {
	raw, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	switch {
	case err != nil:
		return nil, &camp.Fault{Kind: camp.Invalid, Say: "carry.halfway.say", Err: fmt.Errorf("read a list: %w", err)}
	case len(raw) > MaxFile:
		return nil, errLarge
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, errNoList
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	return readRows(r)
}

func readRows(r *csv.Reader) ([]camp.ImportRow, error) {
	var rows []camp.ImportRow
	seen, good, boosts := map[string]bool{}, 0, -1
	for first := true; ; first = false {
		cols, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errNoList
		}
		if first && strings.EqualFold(strings.TrimSpace(cols[0]), "Account address") {
			for i, c := range cols {
				if strings.EqualFold(strings.TrimSpace(c), "Show boosts") {
					boosts = i
				}
			}
			continue
		}
		line, _ := r.FieldPos(0)
		row := rowOf(cols[0], line)
		if row.Handle == "" || seen[row.Handle] {
			continue
		}
		if len(rows) == MaxRows {
			return nil, errLarge
		}
		seen[row.Handle] = true
		row.NoBoosts = boosts > 0 && boosts < len(cols) && strings.EqualFold(strings.TrimSpace(cols[boosts]), "false")
		if row.Why == "" {
			good++
		}
		rows = append(rows, row)
	}
	if good == 0 {
		return nil, errNoList
	}
	return rows, nil
}

// rowOf reads an address; Handle is "" for an empty one.
func rowOf(typed string, line int) camp.ImportRow {
	a := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(typed), "'"), "@")
	row := camp.ImportRow{Line: line, Handle: camp.CleanLine(a, maxAddress)}
	name, host, _ := strings.Cut(a, "@")
	if a != row.Handle || len(a) > maxAddress || name == "" || !strings.Contains(host, ".") || strings.ContainsAny(a, " /\\?#<>\"") || strings.Contains(host, "@") {
		row.Why = "carry.address.say"
		return row
	}
	row.Handle = name + "@" + strings.ToLower(host)
	return row
}
