package camp

import "time"

// MaxBacklog is how many servers a snapshot names that something waits for.
const MaxBacklog = 20

// Backlog is what waits to be sent to one server elsewhere, as the pages and the
// window show it.
type Backlog struct {
	Host   Domain    `json:"host"`
	Count  int       `json:"count"`
	Since  time.Time `json:"since"`  // of the oldest
	Next   time.Time `json:"next"`   // of the next try; zero: under way, or as soon as there is room
	Why    string    `json:"why"`    // locale key; "" where nothing failed
	Asleep bool      `json:"asleep"` // tried once a day
}
