package camp

import "time"

// World is how a camp stands in the wider world: by which name, whether others
// can come to its door, and what is missing.
type World struct {
	On      bool   `json:"on"`      // switched on, by the host or on the command line
	Fixed   bool   `json:"fixed"`   // by the command line: the switch does nothing
	Domain  string `json:"domain"`  // "" for none
	Ready   bool   `json:"ready"`   // the door is open, and nothing that is known keeps others from it
	Address string `json:"address"` // "ip:port" where this computer listens with a certificate, "" for nowhere
	Plain   string `json:"plain"`   // "ip:port" where it listens for a proxy, "" for nowhere

	Door  string `json:"door"`  // of the router, as Reach.State
	Outer string `json:"outer"` // "ip:port" of that door, "" for none

	Until    time.Time `json:"until"`    // the certificate's end; zero while there is none
	Checked  time.Time `json:"checked"`  // when it was last looked at from the outside in; zero for never
	Problems []Problem `json:"problems"` // what is missing, most pressing first; never nil
}

// What can be asked about the wider world.
const (
	DoWorldOn      = "world.on"       // Domain: the camp's name from now on, "" where it has one; the camp starts anew
	DoWorldOff     = "world.off"      // nothing goes out or comes in any more; the name stays; the camp starts anew
	DoWorldCheck   = "world.check"    // Domain: a name to try, "" for the camp's own; Answer.World
	DoKeysRenew    = "keys.renew"     // Person: who gets a new key to sign with, "" for the camp itself
	DoKeysRenewAll = "keys.renew_all" // the camp itself and every member who signs get a new key
)
