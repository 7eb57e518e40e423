package clientapi

import "strings"

// route is one line of the table of addresses.
type route struct {
	method  string
	path    string // "/api/v1/statuses/:id"
	scope   string // that the token must have; "" for any token
	open    bool   // also without a token; a bad one is refused all the same
	strange bool   // for clients that send no token at all: pictures
	upload  bool   // the handler reads the body itself
	do      func(*call) error

	parts []string
}

// table finds routes. Literal parts go before ":" ones.
type table struct {
	byLen map[int][]*route
}

func newTable(all []route) *table {
	t := &table{byLen: map[int][]*route{}}
	for i := range all {
		r := &all[i]
		r.parts = strings.Split(strings.Trim(r.path, "/"), "/")
		n := len(r.parts)
		t.byLen[n] = append(t.byLen[n], r)
	}
	return t
}

const (
	maxPath  = 1000 // bytes
	maxParts = 8
)

// find gives the route of a request and the values of its ":" parts. Where only
// the method does not fit, allow names those that would.
func (t *table) find(method, path string) (r *route, values []string, allow []string) {
	path = strings.Trim(path, "/")
	if len(path) > maxPath || strings.Count(path, "/") >= maxParts {
		return nil, nil, nil
	}
	if method == "HEAD" {
		method = "GET"
	}
	parts := strings.Split(path, "/")
	best := -1
	for _, one := range t.byLen[len(parts)] {
		got := one.literal(parts)
		if got < 0 {
			continue
		}
		if one.method != method {
			allow = append(allow, one.method)
			continue
		}
		if got > best {
			r, best = one, got
		}
	}
	if r == nil {
		return nil, nil, allow
	}
	for i, p := range r.parts {
		if p[0] == ':' {
			values = append(values, parts[i])
		}
	}
	return r, values, nil
}

// literal counts the parts that are the same word; -1 where the route does not fit.
func (r *route) literal(parts []string) int {
	n := 0
	for i, p := range r.parts {
		switch {
		case p[0] == ':' && parts[i] != "":
		case p == parts[i]:
			n++
		default:
			return -1
		}
	}
	return n
}
