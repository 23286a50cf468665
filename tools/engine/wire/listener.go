package wire

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"
)

// A Listener is an address of the grader's that a client under test is told
// to dial.
type Listener struct {
	Name string
	Addr string // HOST:PORT, or unix:PATH, as a client is given it

	tcp     *net.TCPListener
	unix    *net.UnixListener
	release func()       // for an address where nobody answers; gives it back
	share   func() error // lets a listener have that address as well
	filler  *Conn        // the connection that fills the backlog of a filtered port
	crowd   []net.Conn   // those that fill the queue of a Unix socket
}

// Begin listens at an address that was reserved. The socket which claims the address
// stays, so that no other program can have it when the listener has gone: Linux lets
// a second one be bound beside it, where both have SO_REUSEADDR.
func (l *Listener) Begin() error {
	host, port, err := net.SplitHostPort(l.Addr)
	if err != nil {
		return err
	}
	if l.share == nil {
		return errors.New("this address was not reserved")
	}
	if err := l.share(); err != nil {
		return err
	}
	n, _ := strconv.Atoi(port)
	opened, err := listen(l.Name, host, n, Default)
	if err == nil {
		l.tcp = opened.tcp
	}
	return err
}

// Cease ends what Begin has begun, and reports whether it had: from now on the kernel
// refuses every connection, and resets those that wait.
func (l *Listener) Cease() bool {
	if l.tcp == nil || l.release == nil {
		return false
	}
	l.tcp.Close()
	afterForks()
	l.tcp = nil
	return true
}

// Listen listens on host, on a port of the kernel's choice.
func Listen(name, host string, w Window) (*Listener, error) { return listen(name, host, 0, w) }

func listen(name, host string, port int, w Window) (*Listener, error) {
	lc := net.ListenConfig{Control: w.control, KeepAlive: -1}
	ln, err := lc.Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return &Listener{Name: name, Addr: ln.Addr().String(), tcp: ln.(*net.TCPListener)}, nil
}

// ErrReserved is returned by Accept for an address that was only reserved.
var ErrReserved = errors.New("nothing listens at this address, on purpose")

// Reserve returns an address where nobody answers and nobody else can: a
// socket is bound to it, but does not listen. The kernel refuses every
// connection. (To listen, close and hope would leave the port to others.)
func Reserve(name, host string) (*Listener, error) { return reserve(name, host, 0) }

func reserve(name, host string, port int) (*Listener, error) {
	addr, h, err := bind(host, port)
	if err != nil {
		return nil, err
	}
	return heldBy(name, addr, h), nil
}

// heldBy returns the listener of an address where nobody answers.
func heldBy(name, addr string, h claim) *Listener {
	return &Listener{Name: name, Addr: addr, release: h.release, share: h.share}
}

// Accept waits at most d for a connection. It returns [ErrLater] when none
// came.
func (l *Listener) Accept(name string, d time.Duration) (*Conn, error) {
	if l.unix != nil {
		return l.acceptUnix(name, d)
	}
	if l.tcp == nil {
		return nil, ErrReserved
	}
	l.tcp.SetDeadline(time.Now().Add(d))
	c, err := l.tcp.AcceptTCP()
	if err != nil {
		return nil, plain(err)
	}
	c.SetKeepAlive(false) // a Maker's listener could not be told before
	return newConn(name, c), nil
}

// Close stops listening; the address is free again.
func (l *Listener) Close() {
	if l.tcp != nil {
		l.tcp.Close()
	}
	if l.unix != nil {
		l.unix.Close()
	}
	if l.release != nil {
		l.release()
	}
	if l.filler != nil {
		l.filler.Reset()
	}
	for _, c := range l.crowd {
		c.Close()
	}
}
