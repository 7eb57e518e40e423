package web

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"

	"camp/node/camp"
)

// shown keeps the markup of the posts that were shown last. Half of the time of
// a page of forty goes into that markup, and most of them were on the page
// before too. Safe for concurrent use.
//
// What it is kept under is everything that the template is handed, so what is
// kept can be neither old nor meant for somebody else: who sees other marks or
// may do other things gets other markup.
type shown struct {
	mu     sync.Mutex // guards what follows
	recent map[look]template.HTML
	before map[look]template.HTML // what was recent before recent was full
}

// look is all that a post's markup depends on.
type look struct {
	plainItem
	pictures [camp.MaxPictures]shot
}

const (
	shownMost = 128     // posts in each of the two; some 3 KiB each
	shownSize = 8 << 10 // bytes; longer markup is made anew each time
)

// post gives the markup of a post.
func (t *tongue) post(it item) (template.HTML, error) {
	key := look{plainItem: it.plainItem}
	if it.Poll != nil || it.Inside != nil || len(it.Films) > 0 || it.Event != nil || len(it.Links) > 0 { // not part of what it is kept under
		return t.draw(it)
	}
	if copy(key.pictures[:], it.Pictures) < len(it.Pictures) {
		return t.draw(it)
	}
	if html, ok := t.shown.get(key); ok {
		return html, nil
	}
	html, err := t.draw(it)
	if err == nil && len(html) <= shownSize {
		t.shown.put(key, html)
	}
	return html, err
}

func (t *tongue) draw(it item) (template.HTML, error) {
	var b bytes.Buffer
	if err := t.execute(&b, "post", it); err != nil {
		return "", fmt.Errorf("render post: %w", err)
	}
	return template.HTML(b.String()), nil //nolint:gosec // a template of ours escaped it
}

func (s *shown) get(key look) (template.HTML, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	html, ok := s.recent[key]
	if ok {
		return html, true
	}
	if html, ok = s.before[key]; ok {
		s.add(key, html)
	}
	return html, ok
}

func (s *shown) put(key look, html template.HTML) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(key, html)
}

// add makes a post recent; the caller has the mutex.
func (s *shown) add(key look, html template.HTML) {
	if s.recent == nil || len(s.recent) >= shownMost {
		s.before, s.recent = s.recent, make(map[look]template.HTML)
	}
	s.recent[key] = html
}
