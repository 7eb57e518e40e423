package web

// flows are the open streams.
type flows struct{}
