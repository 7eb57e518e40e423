package sig

import (
	"net/http"

	"github.com/dunglas/httpsfv"
)

// KeyIDs gives the ids of the keys by which a request says that it is signed, in
// either form, whether or not any of the signatures could be good. It is for who
// asks about the name alone; nothing is proven by it.
func KeyIDs(h http.Header) (ids []string) {
	r := request{header: h}
	if value, err := bounded(r, "signature"); err == nil && value != "" {
		if params, err := parseParams(value); err == nil && params["keyid"] != "" {
			ids = append(ids, params["keyid"])
		}
	}
	input, err := bounded(r, "signature-input")
	if err != nil || input == "" {
		return ids
	}
	labels, err := httpsfv.UnmarshalDictionary([]string{input})
	if err != nil {
		return ids
	}
	for _, label := range labels.Names()[:min(len(labels.Names()), maxLabels)] {
		member, _ := labels.Get(label)
		list, ok := member.(httpsfv.InnerList)
		if !ok {
			continue
		}
		if id, ok := list.Params.Get("keyid"); ok {
			if text, ok := id.(string); ok && text != "" {
				ids = append(ids, text)
			}
		}
	}
	return ids
}
