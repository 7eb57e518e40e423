package store

import (
	"slices"

	"camp/node/camp"
)

type noticeV1 struct {
	Kind camp.NoticeKind `cbor:"1,keyasint,omitempty"`
	From camp.MemberID   `cbor:"2,keyasint,omitempty"`
	Post camp.PostID     `cbor:"3,keyasint,omitempty"`
	At   int64           `cbor:"4,keyasint,omitempty"`

	Report uint64 `cbor:"5,keyasint,omitempty"`
}

func (v *noticeV1) notice(id camp.NoticeID) camp.Notice {
	return camp.Notice{ID: id, Kind: v.Kind, From: v.From, Post: v.Post, At: moment(v.At), Report: v.Report}
}

// PutNotice tells somebody something.
func (tx *Tx) PutNotice(m camp.MemberID, n camp.Notice) error {
	if err := tx.put(kNoticeOn.at(up(n.Post), up(m), down(n.ID)), nil); err != nil {
		return err
	}
	return tx.save(kNotice.at(up(m), down(n.ID)), noticeV1{Kind: n.Kind, From: n.From, Post: n.Post, At: millis(n.At), Report: n.Report})
}

// DropNotice takes it back.
func (tx *Tx) DropNotice(m camp.MemberID, n camp.Notice) error {
	if err := tx.del(kNoticeOn.at(up(n.Post), up(m), down(n.ID))); err != nil {
		return err
	}
	return tx.del(kNotice.at(up(m), down(n.ID)))
}

// Notices gives a page of what somebody was told.
func (tx *Tx) Notices(m camp.MemberID, p camp.Page) ([]camp.Notice, error) {
	return tx.noticesIn(m, p, p.Size())
}

// NoticesBefore gives notices older than the id, newest first, at most limit.
func (tx *Tx) NoticesBefore(m camp.MemberID, before camp.NoticeID, limit int) ([]camp.Notice, error) {
	return tx.noticesIn(m, camp.Page{Before: uint64(before)}, limit)
}

func (tx *Tx) noticesIn(m camp.MemberID, p camp.Page, size int) ([]camp.Notice, error) {
	var list []camp.Notice
	err := tx.newest(kNotice.at(up(m)), p, false, func(id uint64, value []byte) (bool, error) {
		var v noticeV1
		if err := decode(value, &v); err != nil {
			return false, err
		}
		list = append(list, v.notice(camp.NoticeID(id)))
		return len(list) < size, nil
	})
	if p.Climb {
		slices.Reverse(list)
	}
	return list, err
}

// NoticesFresh counts the notices newer than the id, at most limit.
func (tx *Tx) NoticesFresh(m camp.MemberID, after camp.NoticeID, limit int) (int, error) {
	n := 0
	err := tx.newest(kNotice.at(up(m)), camp.Page{After: uint64(after)}, true, func(uint64, []byte) (bool, error) {
		n++
		return n < limit, nil
	})
	return n, err
}

// NoticesAbout gives what anybody was told about a post.
func (tx *Tx) NoticesAbout(p camp.PostID) ([]camp.NoticeTo, error) {
	keys, err := tx.keysBelow(kNoticeOn.at(up(p)), 0)
	if err != nil {
		return nil, err
	}
	list := make([]camp.NoticeTo, 0, len(keys))
	for _, key := range keys {
		m, id := idAt[camp.MemberID](key, len(key)-16), lastDownID[camp.NoticeID](key)
		var v noticeV1
		ok, err := tx.load(kNotice.at(up(m), down(id)), &v)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, camp.NoticeTo{To: m, Notice: v.notice(id)})
		}
	}
	return list, nil
}

// DropNoticesAbout takes back all that was said about a post.
func (tx *Tx) DropNoticesAbout(p camp.PostID) error {
	list, err := tx.NoticesAbout(p)
	if err != nil {
		return err
	}
	for _, n := range list {
		if err := tx.DropNotice(n.To, n.Notice); err != nil {
			return err
		}
	}
	return nil
}

type readV1 struct {
	UpTo camp.NoticeID `cbor:"1,keyasint,omitempty"`
}

// ReadMark gives the newest notice that somebody has read, 0 for none.
func (tx *Tx) ReadMark(m camp.MemberID) (camp.NoticeID, error) {
	var v readV1
	_, err := tx.load(kRead.at(up(m)), &v)
	return v.UpTo, err
}

// PutReadMark keeps it; loose.
func (tx *Tx) PutReadMark(m camp.MemberID, id camp.NoticeID) error {
	return tx.save(kRead.at(up(m)), readV1{UpTo: id})
}
