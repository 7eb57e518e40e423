package node

import "time"

// How many others must agree, and about how much, before the host hears that this
// computer's clock is wrong (federation.md 4).
const (
	clockVoices = 3
	clockOff    = time.Minute
)

// ClockOff gives how far this computer's clock is behind those of other servers
// (less than zero: ahead), if it is off by more than a minute; else 0, also while
// too few have said what time it is.
func (n *Node) ClockOff() time.Duration {
	if n.front == nil {
		return 0
	}
	return off(n.front.client.Skew())
}

// ClockRight reports whether enough other servers say that this computer's clock is right.
func (n *Node) ClockRight() bool {
	if n.front == nil {
		return false
	}
	behind, voices := n.front.client.Skew()
	return voices >= clockVoices && off(behind, voices) == 0
}

func off(behind time.Duration, voices int) time.Duration {
	if voices < clockVoices || behind.Abs() <= clockOff {
		return 0
	}
	return behind
}

// right is the time as other servers have it: what is signed under a wrong clock
// is refused.
func (f *front) right() time.Time { return f.n.opt.Now().Add(off(f.client.Skew())) }
