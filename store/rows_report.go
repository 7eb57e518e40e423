package store

import (
	"camp/node/camp"
)

type reportV1 struct {
	At     int64           `cbor:"1,keyasint,omitempty"`
	From   camp.Domain     `cbor:"2,keyasint,omitempty"`
	Whom   []camp.MemberID `cbor:"3,keyasint,omitempty"`
	Posts  []camp.PostID   `cbor:"4,keyasint,omitempty"`
	Texts  []string        `cbor:"5,keyasint,omitempty"`
	Words  string          `cbor:"6,keyasint,omitempty"`
	Closed int64           `cbor:"7,keyasint,omitempty"`
	By     camp.MemberID   `cbor:"8,keyasint,omitempty"`
	Note   string          `cbor:"9,keyasint,omitempty"`
	Maker  camp.MemberID   `cbor:"10,keyasint,omitempty"`
	Rules  []int           `cbor:"11,keyasint,omitempty"`
	Sent   bool            `cbor:"12,keyasint,omitempty"`
	Drawn  []camp.MemberID `cbor:"13,keyasint,omitempty"`
	Answer string          `cbor:"14,keyasint,omitempty"`
}

func (v *reportV1) report(id uint64) camp.Report {
	return camp.Report{
		ID: id, At: moment(v.At), From: v.From, Whom: v.Whom, Posts: v.Posts, Texts: v.Texts, Words: v.Words,
		Closed: moment(v.Closed), By: v.By, Note: v.Note, Maker: v.Maker, Rules: v.Rules, Sent: v.Sent, Drawn: v.Drawn, Answer: v.Answer,
	}
}

// PutReport writes a report, new or changed.
func (tx *Tx) PutReport(r camp.Report) error {
	return tx.save(kReport.at(up(r.ID)), reportV1{
		At: millis(r.At), From: r.From, Whom: r.Whom, Posts: r.Posts, Texts: r.Texts, Words: r.Words,
		Closed: millis(r.Closed), By: r.By, Note: r.Note, Maker: r.Maker, Rules: r.Rules, Sent: r.Sent, Drawn: r.Drawn, Answer: r.Answer,
	})
}

// Report gives one.
func (tx *Tx) Report(id uint64) (r camp.Report, ok bool, err error) {
	var v reportV1
	ok, err = tx.load(kReport.at(up(id)), &v)
	return v.report(id), ok, err
}

// Reports gives all, oldest first.
func (tx *Tx) Reports() ([]camp.Report, error) {
	var list []camp.Report
	err := tx.all(kReport.at(), 0, func(key, value []byte) error {
		var v reportV1
		if err := decode(value, &v); err != nil {
			return err
		}
		list = append(list, v.report(lastID[uint64](key)))
		return nil
	})
	return list, err
}

// DropReport erases one.
func (tx *Tx) DropReport(id uint64) error { return tx.del(kReport.at(up(id))) }
