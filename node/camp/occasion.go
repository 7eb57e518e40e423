package camp

import "time"

// Occasion is when and where something takes place that a post from elsewhere
// tells of. Either may be missing.
type Occasion struct {
	Start, End time.Time // zero for not said
	Place      string    // one line
	Page       string    // where it takes place in the net, or ""
}

// Same reports whether two tell the same; nil is none.
func (o *Occasion) Same(n *Occasion) bool {
	if o == nil || n == nil {
		return o == n
	}
	return o.Start.Equal(n.Start) && o.End.Equal(n.End) && o.Place == n.Place && o.Page == n.Page
}
