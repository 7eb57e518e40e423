// Package control is the local socket by which the window and the command line
// talk to the camp that runs on this computer. The server stands in the camp's
// process in front of a Desk; the client has the same three methods.
//
// The socket lies in the data folder ("control.sock", readable by its owner
// alone). Where its path would be too long for the system it lies in the
// temporary folder and the file "control.path" names it.
//
// One JSON value a line, in both directions:
//
//	-> {"id":1,"intent":{"do":"status"}}
//	<- {"id":1,"answer":{…}}
//	<- {"id":1,"fault":{"kind":"not found","say":"people.nobody.say","args":{…},"text":"…"}}
//	-> {"watch":true}
//	<- {"state":{…}}            now, and at each change
package control

import (
	"context"
	"errors"
	"time"

	"camp/node/camp"
)

// Desk is what answers behind the socket. The client satisfies it too.
type Desk interface {
	Do(ctx context.Context, in camp.Intent) (camp.Answer, error)
	State() camp.State
	Watch(ctx context.Context) <-chan camp.State
}

// ErrNobody is returned by Dial where no camp runs on the folder.
var ErrNobody = errors.New("control: no camp runs here")

// ErrGone is returned by Do when the camp ended before it answered.
var ErrGone = errors.New("control: the camp has ended")

// Bounds of what is read, in bytes, and of what is done at once.
const (
	maxAsk     = 64 << 10 // one line of a client
	maxReply   = 4 << 20  // one line of the server
	maxClients = 32
	maxAtOnce  = 8 // open intents of one client
	writeTime  = 10 * time.Second
	dialTime   = 5 * time.Second
)

type ask struct {
	ID     uint64       `json:"id,omitempty"`
	Intent *camp.Intent `json:"intent,omitempty"`
	Watch  bool         `json:"watch,omitempty"`
}

type reply struct {
	ID     uint64       `json:"id,omitempty"`
	Answer *camp.Answer `json:"answer,omitempty"`
	Fault  *fault       `json:"fault,omitempty"`
	State  *camp.State  `json:"state,omitempty"`
}

// fault is a camp.Fault on the wire. Text is the sentence in the language of
// the intent, for clients that have no words of their own. What caused the
// fault stays in the log of the camp.
type fault struct {
	Kind camp.Kind         `json:"kind"`
	Say  string            `json:"say"`
	Args map[string]string `json:"args,omitempty"`
	Text string            `json:"text"`
}
