package camp

import "time"

// DoContacts asks whom this computer talked with; Answer.Contacts.
const DoContacts = "contacts"

// Contacts is whom this computer talked with, and what it sent, since the
// program started.
type Contacts struct {
	Since   time.Time `json:"since"`
	Tunnel  int64     `json:"tunnel"`  // bytes sent today to members and other camps, through the tunnel
	Servers int64     `json:"servers"` // bytes sent today to other servers
	Public  int64     `json:"public"`  // bytes sent today to those who came to the public door
	List    []Contact `json:"list"`    // newest first; never nil
}

// Today is all that was sent today, in bytes.
func (c Contacts) Today() int64 { return c.Tunnel + c.Servers + c.Public }

// Contact is somebody whom this computer spoke to of its own accord.
type Contact struct {
	Kind string    `json:"kind"` // "router", "home", "names", "authority", "camp", "server"
	Name string    `json:"name"` // of a server, an authority or a camp; else ""
	Sent int64     `json:"sent"` // bytes, to a server
	Last time.Time `json:"last"` // of a server; else zero
}
