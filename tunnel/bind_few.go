package tunnel

import "golang.zx2c4.com/wireguard/conn"

// On Linux the library's bind takes 128 packets from the system at once, and a
// device keeps a buffer of 64 KiB ready for each of them, for each family and
// for its way out: 24 MiB in a camp that talks to nobody. fewBind takes as many
// from the system, but hands them on a few at a time.
const (
	fewAtOnce  = 4         // packets handed on at once
	outerMost  = 2048      // bytes; an outer packet is MTU and some 80
	joinedMost = 1<<16 - 1 // bytes of packets that the system joined into one
	joinedKept = 2         // the library reads those into its last two buffers (128 by 64 segments)
)

// fewBind hands on few packets at a time. It is for binds that take many.
type fewBind struct{ conn.Bind }

// newBind gives an ordinary UDP socket.
func newBind() conn.Bind {
	b := conn.NewDefaultBind()
	if b.BatchSize() <= fewAtOnce {
		return b
	}
	return &fewBind{Bind: b}
}

// BatchSize is how many packets a device must have room for.
func (b *fewBind) BatchSize() int { return fewAtOnce }

// Open opens the sockets.
func (b *fewBind) Open(port uint16) ([]conn.ReceiveFunc, uint16, error) {
	from, port, err := b.Bind.Open(port)
	if err != nil {
		return nil, 0, err
	}
	out := make([]conn.ReceiveFunc, len(from))
	for i, receive := range from {
		out[i] = newFew(receive, b.Bind.BatchSize()).receive
	}
	return out, port, nil
}

// few is what came by one socket and was not handed on yet. One goroutine uses it.
type few struct {
	from  conn.ReceiveFunc
	bufs  [][]byte
	sizes []int
	eps   []conn.Endpoint
	n, at int // of n packets, those before at were handed on
}

func newFew(from conn.ReceiveFunc, many int) *few {
	f := &few{from: from, bufs: make([][]byte, many), sizes: make([]int, many), eps: make([]conn.Endpoint, many)}
	for i := range f.bufs {
		size := outerMost
		if i >= many-joinedKept {
			size = joinedMost
		}
		f.bufs[i] = make([]byte, size)
	}
	return f
}

// receive waits for packets where none are left. A packet that is cut, being
// longer than any of ours, opens with no key and is dropped like any other stranger's.
func (f *few) receive(packets [][]byte, sizes []int, eps []conn.Endpoint) (int, error) {
	if f.at == f.n {
		f.at, f.n = 0, 0
		n, err := f.from(f.bufs, f.sizes, f.eps)
		if err != nil {
			return 0, err
		}
		f.n = n
	}
	k := 0
	for ; k < len(packets) && f.at < f.n; k++ {
		sizes[k] = copy(packets[k], f.bufs[f.at][:f.sizes[f.at]])
		eps[k], f.eps[f.at] = f.eps[f.at], nil
		f.at++
	}
	return k, nil
}
