package wire

import (
	"io"
	"sync"
)

// A Mirror sends back on a connection all that comes on it, and the FIN. It does
// so by itself, and whenever it is asked what it is doing.
type Mirror struct {
	*Conn

	mu    sync.Mutex
	buf   []byte
	held  []byte // read, and not sent yet
	over  bool   // both directions have ended, or there was a reset
	reset bool
}

// State says what a mirror can do next.
type State int

const (
	Waits   State = iota // for the peer to send
	Blocked              // until the peer reads
	Over                 // nothing: the connection has ended, by FINs
	Broken               // nothing: it has been reset
)

// NewMirror begins to send back what comes on c, which belongs to the mirror then.
func NewMirror(c *Conn) *Mirror {
	m := &Mirror{Conn: c, buf: make([]byte, 64<<10)}
	go m.run()
	return m
}

// run waits for the kernel. Closing the connection ends it.
func (m *Mirror) run() {
	raw, err := m.sock.SyscallConn()
	for err == nil {
		state := Waits
		err = raw.Read(func(uintptr) bool {
			state, _ = m.Look()
			return state != Waits
		})
		if state >= Over || err != nil {
			return
		}
		err = raw.Write(func(uintptr) bool {
			state, _ = m.Look()
			return state != Blocked
		})
	}
}

// Look lets the mirror do all that can be done now. It returns what the mirror
// waits for then, and whether it has done anything.
func (m *Mirror) Look() (state State, moved bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for !m.over {
		if len(m.held) > 0 {
			n, err := tryWrite(m.sock, m.held)
			m.held, moved = m.held[n:], moved || n > 0
			if len(m.held) > 0 && err == errAgain || err == nil && n == 0 {
				return Blocked, moved
			}
			m.failed(err)
			continue
		}
		n, err := tryRead(m.sock, m.buf)
		if err == errAgain {
			return Waits, moved
		}
		m.held, moved = m.buf[:n], true
		if err == io.EOF {
			err = m.sock.CloseWrite()
			m.over = true
		}
		m.failed(err)
	}
	if m.reset {
		return Broken, moved
	}
	return Over, moved
}

// failed notes what is no matter of waiting.
func (m *Mirror) failed(err error) {
	if err != nil && err != errAgain {
		m.over, m.reset = true, true
	}
}
