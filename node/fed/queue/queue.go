// Package queue brings letters to other servers. It keeps them until they are
// there, tries again later, and sees to it that a server which is slow or away
// holds up nobody else. It does not write, sign or address letters, and opens no
// connection itself.
//
//	Batch.Add ─▶ rows of the store: the letter, an order for each inbox
//	   │ End
//	   ▼
//	lane (one a server): orders ready, delayed, held back by an older one ─▶ Send
//	   ▲                                                                      │
//	   └── later ◀── what came of it ─▶ rows, many in one transaction ◀───────┘
//
// In memory stands one small record for each order; the letters stay on disk
// until they are sent. New orders are on disk before Add's transaction returns.
// What came of a try may be lost for the last five seconds before a power cut;
// then the letter is sent again under the same id, which does no harm.
// (federation.md 11, reliability.md 2)
package queue

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"camp/node/camp"
)

// Bounds, of federation.md 11.
const (
	mostAtOnce  = 64
	mostUntried = 40 // of them to servers that never yet took a letter
	mostSlow    = 16 // of them to servers that failed or were slow last time
	mostPerHost = 2
	mostOrders  = 500_000

	keptFor   = 7 * 24 * time.Hour // after which a letter is given up
	roadKept  = 30 * 24 * time.Hour
	daysToBed = 7
	slowFrom  = 5 * time.Second // an answer that took longer is a slow one

	gentleTime = 5 * time.Minute        // after the computer slept or was off
	gentleGap  = 200 * time.Millisecond // between two letters in that time
	gentleHost = 500 * time.Millisecond // between two letters to one server
	wakeGap    = 10 * time.Minute       // between two tries that a server's own letters bring about
	graceTime  = time.Hour              // after the start, in which nothing expires: the clock may be wrong
)

var (
	// ErrLeak is what Check returns for a letter that may not leave, and must
	// never have been queued. The queue stands still from then on.
	ErrLeak = errors.New("queue: a letter that may not leave")
	// ErrMoot is what Check returns for a letter that nobody needs any more.
	ErrMoot = errors.New("queue: a letter that is not wanted any more")
	// ErrFull is returned by Add when too many orders wait.
	ErrFull = errors.New("queue: too many letters wait")
	// ErrNoLeave is returned by Add for a letter that was not let out.
	ErrNoLeave = errors.New("queue: a letter without leave")
	errUnread  = errors.New("queue: used before Load")
)

// Store is what the queue needs of a store.
type Store interface {
	// Loose may lose the last five seconds before a power cut, Update nothing.
	Loose(ctx context.Context, fn func(Tx) error) error
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}

// Tx is one transaction over the rows of letters.
type Tx interface {
	Adding
	Letter(id uint64) (l camp.Letter, ok bool, err error)
	Orders(fn func(camp.Order) error) error
	Roads() ([]camp.Road, error)
	PutRoad(camp.Road) error
	DropRoad(camp.Domain) error
}

// Adding is the part of a transaction by which letters are queued.
type Adding interface {
	PutLetter(camp.Letter) (camp.Letter, error)
	PutOrder(camp.Order) error
	DropOrders([]camp.Order) error
}

// Parcel is one letter for one inbox, to be signed in the given form and sent.
type Parcel struct {
	Letter camp.LetterRow
	Host   camp.Domain
	Inbox  string
	Form   camp.SignForm
}

// Result is what came of sending a parcel.
type Result struct {
	Status  int           // of the answer; 0 for none
	After   time.Duration // what the answer's Retry-After asks for; 0 for nothing
	Trouble Trouble       // why there was no answer
}

// Trouble says why there was no answer.
type Trouble uint8

// The troubles.
const (
	Answered    Trouble = iota
	Late                // no answer in time, or only half of one
	Unreachable         // nobody took the call
	NoName              // the name leads nowhere, or where nobody is sent
	BadTLS              // the certificate is not good for the name
	Forbidden           // the inbox is none that a letter may go to, now or ever
	Ours                // we could not sign or send; no fault of theirs
)

// Options are what a Service needs. Store, Send, Now, Rand and Log must be set.
type Options struct {
	Store Store
	Send  func(ctx context.Context, p Parcel) Result
	// May is the border's word at the time of sending: an error drops the letter. nil admits all.
	May func(host camp.Domain) error
	// Check looks at a letter once more before it is sent, and gives the one to
	// send: ErrLeak stops the queue, ErrMoot drops the letter, any other error tries
	// again later. nil lets all pass.
	Check func(ctx context.Context, l camp.Letter) (camp.Letter, error)
	// Alarm is told once when the queue stands still because of a leak. May be nil.
	Alarm func(err error)
	// Gone is told of inboxes that are said to be no more (410), while Run runs; it must not block. May be nil.
	Gone func(host camp.Domain, inbox string)
	// Online reports whether this computer has a network; failures without one
	// are nobody's fault. nil: always.
	Online func() bool
	Now    func() time.Time
	Rand   io.Reader
	Log    *slog.Logger
}

// Inbox is where a letter goes.
type Inbox struct {
	URL    string
	Shared bool // of the whole server
	Host   camp.Domain
}

// Service is the queue. Safe for concurrent use.
type Service struct {
	o       Options
	adding  chan struct{} // one token: who holds it may add
	kick    chan struct{} // there may be something to do
	records chan struct{} // there is something to write down
	cache   letters

	mu      sync.Mutex // guards what follows
	loaded  bool
	leaked  bool
	base    time.Time // the clock goes by what the machine counts from here, not by what is set meanwhile
	started time.Time
	gentle  time.Time // until when letters go out one by one
	nextGo  time.Time // within that time
	lanes   map[camp.Domain]*lane
	total   int
	classes [classes]class
	timers  timers
	flying  int
	book    book
}

// New makes a Service that knows of no order; Load reads them.
func New(o Options) *Service {
	s := &Service{
		o: o, adding: make(chan struct{}, 1), kick: make(chan struct{}, 1), records: make(chan struct{}, 1), lanes: map[camp.Domain]*lane{}, base: o.Now(),
	}
	s.adding <- struct{}{}
	s.classes = [classes]class{prompt: {most: mostAtOnce}, untried: {most: mostUntried}, slow: {most: mostSlow}}
	s.book.clear()
	return s
}

// now is the time that the queue goes by: it does not jump when somebody sets the clock.
func (s *Service) now() time.Time { return s.base.Add(s.o.Now().Sub(s.base)) }

func (s *Service) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}
