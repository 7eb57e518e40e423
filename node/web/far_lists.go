package web

import (
	"bytes"
	"net/http"
	"strconv"

	"camp/node/camp"
	"camp/node/carry"
)

const maxPaper = carry.MaxFile // bytes of a list

// listsPage is the reader's lists of people, as files to take out and bring in.
type listsPage struct {
	frame
	Files    []listFile
	Imports  []importRow
	Unloaded string // which list was chosen
}

type listFile struct{ Kind, Name, File string }

// importRow is a list that was brought.
type importRow struct {
	ID, Name, Day string
	Rows, Done    int
	Left          int
	Over          bool
	Later         string // when it goes on, where it waits
	Bad           []badRow
	More          int // that came to nothing and are not shown
}

type badRow struct{ Handle, Why string }

func (v *visit) lists() error {
	p, err := v.listsPage()
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "lists", p)
}

func (v *visit) listsPage() (*listsPage, error) {
	if v.s.o.Carry == nil {
		return nil, errNowhere
	}
	all, err := v.s.o.Carry.Imports(v.ctx(), v.actor)
	if err != nil {
		return nil, err
	}
	p := &listsPage{Unloaded: camp.ListFollows.String()}
	for k := camp.ListFollows; k <= camp.ListMutes; k++ {
		p.Files = append(p.Files, listFile{Kind: k.String(), Name: v.say("web.far.list." + k.String()), File: carry.FileName(k)})
	}
	for _, i := range all {
		r, err := v.importRow(i)
		if err != nil {
			return nil, err
		}
		p.Imports = append(p.Imports, r)
	}
	p.frame, err = v.frame("me", v.say("web.far.lists.title"))
	return p, err
}

func (v *visit) importRow(i camp.Import) (importRow, error) {
	r := importRow{
		ID: strconv.FormatUint(i.ID, 10), Name: v.say("web.far.list." + i.What.String()), Day: v.words.date(i.At, v.now()),
		Rows: i.Rows, Done: i.Done, Left: max(i.Rows-i.Done-i.Bad, 0), Over: i.Over(),
	}
	if i.Next.After(v.now()) {
		r.Later = v.at(i.Next)
	}
	if i.Bad == 0 {
		return r, nil
	}
	bad, err := v.s.o.Carry.Bad(v.ctx(), v.actor, i.ID)
	if err != nil {
		return r, err
	}
	for _, b := range bad {
		r.Bad = append(r.Bad, badRow{Handle: b.Handle, Why: v.sayFault(&camp.Fault{Kind: camp.NotFound, Say: b.Why, Args: b.Args})})
	}
	r.More = max(i.Bad-len(bad), 0)
	return r, nil
}

func (v *visit) listsAgain(f *camp.Fault) error {
	if !v.outside() {
		return f
	}
	p, err := v.listsPage()
	if err != nil {
		return err
	}
	p.Fault = v.sayFault(f)
	if _, ok := camp.ParseListKind(v.form.Get("what")); ok {
		p.Unloaded = v.form.Get("what")
	}
	return v.render(v.status(f), "lists", p)
}

// listFile sends one list under the name that other programs look for.
func (v *visit) listFile() error {
	for k := camp.ListFollows; k <= camp.ListMutes && v.s.o.Carry != nil; k++ {
		if carry.FileName(k) != v.r.PathValue("file") {
			continue
		}
		if !v.s.loads.take(v.actor.Member, v.now()) {
			return errFast
		}
		b, err := v.s.o.Carry.Export(v.ctx(), v.actor, k)
		if err != nil {
			return err
		}
		h := v.w.Header()
		h.Set("Content-Type", "text/csv; charset=utf-8")
		h.Set("Content-Disposition", `attachment; filename="`+carry.FileName(k)+`"`)
		_, _ = v.w.Write(b)
		return nil
	}
	return errNowhere
}

func (v *visit) bringList() error {
	what, ok := camp.ParseListKind(v.form.Get("what"))
	if !ok || v.s.o.Carry == nil {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.fault.invalid"}
	}
	if len(v.paper) == 0 {
		return &camp.Fault{Kind: camp.Invalid, Say: "web.far.lists.no_file"}
	}
	if _, err := v.s.o.Carry.Import(v.ctx(), v.actor, what, bytes.NewReader(v.paper)); err != nil {
		return err
	}
	return v.to("/me/lists?said=brought")
}

func (v *visit) endList() error {
	id, err := strconv.ParseUint(v.form.Get("id"), 10, 64)
	if err != nil || v.s.o.Carry == nil {
		return &camp.Fault{Kind: camp.NotFound, Say: "carry.none.say"}
	}
	if err := v.s.o.Carry.End(v.ctx(), v.actor, id); err != nil {
		return err
	}
	return v.to("/me/lists?said=ended_import")
}
