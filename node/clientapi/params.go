package clientapi

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"camp/node/camp"
)

// Bounds of what a client sends beside files.
const (
	maxBody   = 256 << 10 // bytes
	maxValues = 1000
	maxDepth  = 6
	maxName   = 200 // bytes of a name
)

// params are what a request asks for, whichever way it was sent (client-api.md
// 1): in the address, as a form, as parts, as JSON. All have one form here:
// names as forms write them, "poll[options]" for a list, "[]" at the end dropped.
// The body goes before the address.
type params struct {
	values map[string][]string
	n      int
	read   bool // the body was read already
}

func (p *params) add(name, value string) error {
	if p.n++; p.n > maxValues || len(name) > maxName {
		return errLarge
	}
	if p.values == nil {
		p.values = map[string][]string{}
	}
	name = strings.TrimSuffix(name, "[]")
	p.values[name] = append(p.values[name], value)
	return nil
}

// there remembers that an empty list was sent.
func (p *params) there(name string) error {
	if p.n++; p.n > maxValues || len(name) > maxName {
		return errLarge
	}
	if p.values == nil {
		p.values = map[string][]string{}
	}
	if name = strings.TrimSuffix(name, "[]"); p.values[name] == nil {
		p.values[name] = []string{}
	}
	return nil
}

// get gives the first value of a name, "" for none.
func (p *params) get(name string) string {
	if list := p.values[name]; len(list) > 0 {
		return list[0]
	}
	return ""
}

func (p *params) has(name string) bool { return p.values[name] != nil }

// all gives the values of a list, also where its items are numbered.
func (p *params) all(name string) []string {
	if list := p.values[name]; list != nil {
		return list
	}
	var out []string
	for i := 0; ; i++ {
		list := p.values[name+"["+strconv.Itoa(i)+"]"]
		if list == nil {
			return out
		}
		out = append(out, list...)
	}
}

// yes reads a boolean, or what stands where none was sent.
func (p *params) yes(name string, or bool) bool {
	if v, ok := p.flag(name); ok {
		return v
	}
	return or
}

// flag reads a boolean; ok false where none was sent.
func (p *params) flag(name string) (v, ok bool) {
	s := p.get(name)
	if s == "" {
		return false, false
	}
	switch strings.ToLower(s) {
	case "true", "1", "on", "t", "yes":
		return true, true
	}
	return false, true
}

// num reads a whole number, or gives what stands for none or nonsense.
func (p *params) num(name string, or int) int {
	n, err := strconv.Atoi(p.get(name))
	if err != nil {
		return or
	}
	return n
}

// idIn reads an id: digits only, 0 for anything else.
func (p *params) idIn(name string) uint64 { return idOf(p.get(name)) }

func idOf(s string) uint64 {
	if len(s) == 0 || len(s) > idDigits+1 || s[0] == '+' || s[0] == '-' {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0
	}
	return n
}

// ids reads a list of ids, each once, without what is none.
func (p *params) ids(name string, most int) []uint64 {
	var out []uint64
	seen := map[uint64]bool{}
	for _, s := range p.all(name) {
		if n := idOf(s); n != 0 && !seen[n] && len(out) < most {
			seen[n] = true
			out = append(out, n)
		}
	}
	return out
}

// readBody takes in what the body says. Go's own forms leave the body of a
// DELETE unread; apps send one (client-api.md 1).
func (p *params) readBody(w http.ResponseWriter, r *http.Request) error {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, more, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "application/json" || strings.HasSuffix(kind, "+json"):
		return p.readJSON(r.Body)
	case kind == "multipart/form-data":
		return p.readParts(multipart.NewReader(r.Body, more["boundary"]), nil)
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyError(err)
	}
	return p.readForm(string(raw))
}

// readAddress takes in the query.
func (p *params) readAddress(r *http.Request) error {
	if r.URL.RawQuery == "" {
		return nil
	}
	return p.readForm(r.URL.RawQuery)
}

// readForm splits a form by hand: in order, and without giving up the whole for
// one bad sign.
func (p *params) readForm(raw string) error {
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil || name == "" {
			continue
		}
		if err := p.add(name, value); err != nil {
			return err
		}
	}
	return nil
}

// readParts reads a form in parts; files go to take, or nowhere.
func (p *params) readParts(mr *multipart.Reader, take func(name string, r io.Reader) error) error {
	room := int64(maxBody)
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
		if part.FileName() != "" {
			if take != nil {
				if err := take(part.FormName(), part); err != nil {
					return err
				}
			}
			continue
		}
		raw, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return bodyError(err)
		}
		if room -= int64(len(raw)); room < 0 {
			return errLarge
		}
		if err := p.add(part.FormName(), string(raw)); err != nil {
			return err
		}
	}
}

func bodyError(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return errLarge
	}
	return errBody
}

// readJSON takes in one JSON value as the form that would say the same.
func (p *params) readJSON(r io.Reader) error {
	d := json.NewDecoder(r)
	d.UseNumber()
	t, err := d.Token()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return bodyError(err)
	}
	if t != json.Delim('{') {
		return errBody
	}
	if err := p.object(d, "", 1); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errBody
	}
	return nil
}

func (p *params) object(d *json.Decoder, under string, depth int) error {
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return bodyError(err)
		}
		name, _ := t.(string)
		if under != "" {
			name = under + "[" + name + "]"
		}
		if err := p.value(d, name, depth); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return orBody(err)
}

func (p *params) value(d *json.Decoder, name string, depth int) error {
	t, err := d.Token()
	if err != nil {
		return bodyError(err)
	}
	switch v := t.(type) {
	case string:
		return p.add(name, v)
	case json.Number:
		return p.add(name, v.String())
	case bool:
		return p.add(name, strconv.FormatBool(v))
	case json.Delim:
		if depth >= maxDepth {
			return errBody
		}
		if v == '{' {
			return p.object(d, name, depth+1)
		}
		return p.array(d, name, depth+1)
	}
	return nil // null: as if it were not there
}

// array writes values under the name itself, objects under numbers.
func (p *params) array(d *json.Decoder, name string, depth int) error {
	if err := p.there(name); err != nil {
		return err
	}
	for i := 0; d.More(); i++ {
		t, err := d.Token()
		if err != nil {
			return bodyError(err)
		}
		switch v := t.(type) {
		case string:
			err = p.add(name, v)
		case json.Number:
			err = p.add(name, v.String())
		case bool:
			err = p.add(name, strconv.FormatBool(v))
		case json.Delim:
			if v != '{' || depth >= maxDepth {
				return errBody
			}
			err = p.object(d, name+"["+strconv.Itoa(i)+"]", depth+1)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return orBody(err)
}

func orBody(err error) error {
	if err != nil {
		return bodyError(err)
	}
	return nil
}

// rows reads a list of objects, numbered ("a[0][id]") or not ("a[][id]"), each
// as the values of the wanted fields.
func (p *params) rows(name string, most int, fields ...string) [][]string {
	var out [][]string
	for i := range most {
		row, some := make([]string, len(fields)), false
		for k, f := range fields {
			if v, ok := p.values[name+"["+strconv.Itoa(i)+"]["+f+"]"]; ok && len(v) > 0 {
				row[k], some = v[0], true
			} else if v := p.values[name+"[]["+f+"]"]; i < len(v) {
				row[k], some = v[i], true
			}
		}
		if !some {
			break
		}
		out = append(out, row)
	}
	return out
}

// page reads which part of a list is wanted.
func (p *params) page(most, usual int) camp.Page {
	limit := p.num("limit", usual)
	if limit <= 0 {
		limit = usual
	}
	out := camp.Page{Before: p.idIn("max_id"), After: p.idIn("since_id"), Limit: min(limit, most)}
	if id := p.idIn("min_id"); id != 0 {
		out.After, out.Climb = max(out.After, id), true
	}
	return out
}
