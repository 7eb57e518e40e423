package assets

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Tongue is a language that Camp speaks: its code, and what its own speakers call it.
type Tongue struct{ Code, Name string }

// Tongues are the languages that Camp speaks, the first being the one to fall
// back to. Every list to choose from is this one: a further language is a line
// here and its folder of words.
var Tongues = []Tongue{{"en", "English"}, {"nl", "Nederlands"}}

// Languages are their codes.
var Languages = codes(Tongues)

func codes(list []Tongue) (all []string) {
	for _, t := range list {
		all = append(all, t.Code)
	}
	return all
}

// Words are all sentences of one language, by key ("area.purpose").
type Words struct {
	Language string
	one      map[string]string
	other    map[string]string
}

// loaded are the words that were read, by language: many parts of the program
// speak, and all of them from one copy.
var loaded struct {
	mu    sync.Mutex // guards what follows
	words map[string]*Words
}

// LoadWords gives the words of a language, which nobody may change. They are read
// once, from locale/LANGUAGE/*.json: flat objects of key to sentence, or to
// {"one": …, "other": …} where a count (placeholder N) decides. A key that stands
// in two files is an error.
func LoadWords(language string) (*Words, error) {
	loaded.mu.Lock()
	defer loaded.mu.Unlock()
	if w, ok := loaded.words[language]; ok {
		return w, nil
	}
	w, err := readWords(language)
	if err != nil {
		return nil, err
	}
	if loaded.words == nil {
		loaded.words = map[string]*Words{}
	}
	loaded.words[language] = w
	return w, nil
}

func readWords(language string) (*Words, error) {
	w := &Words{Language: language, one: map[string]string{}, other: map[string]string{}}
	files, err := fs.Glob(FS, path.Join("locale", language, "*.json"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("words of %q: no files (%v)", language, err)
	}
	for _, f := range files {
		raw, err := FS.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("words of %q: %w", language, err)
		}
		if err := w.add(raw); err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
	}
	return w, nil
}

func (w *Words) add(raw []byte) error {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	for k, v := range m {
		if _, twice := w.other[k]; twice {
			return fmt.Errorf("key %q stands twice", k)
		}
		var s string
		if json.Unmarshal(v, &s) == nil {
			w.other[k] = s
			continue
		}
		var p struct{ One, Other string }
		if err := json.Unmarshal(v, &p); err != nil || p.One == "" || p.Other == "" {
			return fmt.Errorf("key %q: neither a sentence nor one/other", k)
		}
		w.one[k], w.other[k] = p.One, p.Other
	}
	return nil
}

// Has reports whether the key has a sentence.
func (w *Words) Has(key string) bool { _, ok := w.other[key]; return ok }

// Keys gives all keys, sorted.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.other))
	for k := range w.other {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Say gives the sentence of key with each {{.Name}} replaced. args are pairs:
// "Name", value, … A count under "N" equal to 1 takes the sentence for one.
// A key without a sentence gives the key itself, so that it is seen.
func (w *Words) Say(key string, args ...any) string {
	s, ok := w.other[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return s
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name, value := fmt.Sprint(args[i]), fmt.Sprint(args[i+1])
		if one, has := w.one[key]; has && name == "N" && value == "1" {
			s = one
		}
		pairs = append(pairs, "{{."+name+"}}", value)
	}
	if len(pairs) == 2 { // a Replacer takes longer to make than to use
		return strings.ReplaceAll(s, pairs[0], pairs[1])
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// SayMap is Say with the placeholders in a map, as a fault carries them. A Day
// that a program wrote ("2026-05-03") is put in words.
func (w *Words) SayMap(key string, args map[string]string) string {
	list := make([]any, 0, 2*len(args))
	for k, v := range args {
		if t, err := time.Parse(time.DateOnly, v); err == nil && k == "Day" {
			v = w.Day(t)
		}
		list = append(list, k, v)
	}
	return w.Say(key, list...)
}

// Day writes a date with the month in words: "3 May 2026".
func (w *Words) Day(t time.Time) string {
	months := strings.Fields(w.Say("window.months"))
	if len(months) != 12 {
		return t.Format(time.DateOnly)
	}
	return strconv.Itoa(t.Day()) + " " + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Moment is Day with the time of the day.
func (w *Words) Moment(t time.Time) string { return w.Day(t) + ", " + t.Format("15:04") }
