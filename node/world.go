package node

import (
	"crypto/x509"
	"errors"
	"net/netip"

	"camp/node/border"
	"camp/node/camp"
	"camp/node/fed"
	"camp/node/fed/queue"
)

// World is what a camp needs to talk with the wider world under a name of its own.
type World struct {
	Domain  camp.Domain // lower case, punycode, without port
	Version string      // of the program
	Stores  WorldStores

	Roots *x509.CertPool      // whom to believe about certificates; nil: the system's list
	Nets  []netip.Prefix      // a lab's: networks that may be reached although they are not public
	Own   func() []netip.Addr // addresses of this machine that are never reached, besides those the system tells; may be nil

	// Never gives networks from where nobody is turned away by address: the host's
	// own, the tunnel. May be nil.
	Never func() []netip.Prefix

	// Online reports whether this computer has a network: without one nobody else is
	// to blame that nothing arrives. nil: it always has.
	Online func() bool
	// Alarm is told once when something was about to leave that may not, so that
	// nothing is sent any more; it must not block. May be nil.
	Alarm func(err error)
	// Sent is told how many bytes went to which server; it must not block. May be nil.
	Sent func(host string, n int)
}

// WorldStores are the rows of the rooms below, each as its room declares them.
type WorldStores struct {
	Keys      fed.KeyStore
	Directory fed.Store
	Witness   fed.WitnessStore
	Take      fed.TakeStore
	Objects   fed.ObjectsStore
	Tell      fed.TellStore
	Check     fed.CheckStore
	Queue     queue.Store
	Sightings border.AddressStore
}

var errSilent = errors.New("node: this camp has no name of its own")
