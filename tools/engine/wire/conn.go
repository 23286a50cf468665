package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrReset is returned when the connection was reset: by an RST that has
// arrived, or because the kernel no longer knows the connection.
var ErrReset = errors.New("connection reset by the peer")

// ErrLater is returned when the time given was over before a byte could be
// moved. It says nothing about the peer.
var ErrLater = errors.New("not yet")

// ErrTaken is returned when the local address that was asked for is in use.
var ErrTaken = errors.New("the local address is in use")

// A Conn is the grader's end of one connection. It is used by one goroutine
// for reading and one for writing.
type Conn struct {
	Name          string // its column in the timeline
	Local, Remote netip.AddrPort
	EOF           bool // the peer's FIN has been read

	// Path is where the peer of a Unix socket listens, and "" for TCP, which alone has
	// the addresses above. Messages says that the socket keeps the boundaries of what is
	// written (SOCK_SEQPACKET), and Inode is the number of this end in the kernel's tables.
	Path     string
	Messages bool
	Inode    uint32

	sock           stream
	sent, received atomic.Int64
	mu             sync.Mutex
	recent         []byte // see Recent
	wroteFIN       bool
	closed         bool
	writeReset     atomic.Bool // a write has met the RST, and used up the error that tells of it
	tellReset      atomic.Bool // see TellReset
	toldReset      atomic.Bool
	layer          *layer // of TLS, or nil: see Secure
}

// A stream is the socket under a Conn, of whichever family.
type stream interface {
	net.Conn
	syscall.Conn
	CloseWrite() error
}

// Window says how much a connection's socket buffers hold.
type Window int

const (
	Default Window = iota // what the system gives: megabytes, growing on demand
	Small                 // a few kilobytes, and small segments: full after some hundred kilobytes
	Narrow                // two segments: so the peer's kernel keeps what it is given in small pieces
)

// Dial connects to addr. It returns as soon as the kernels have shaken hands:
// the program that listens there need not have called accept. The error is
// [ErrReset] when it has, and has reset the connection before Dial returned.
func Dial(ctx context.Context, name, addr string, w Window) (*Conn, error) {
	return DialFrom(ctx, name, addr, w, netip.AddrPort{})
}

// DialFrom is like [Dial], from a local address, and a local port if that is not 0;
// the zero AddrPort leaves the choice to the kernel. The error is [ErrTaken] when
// somebody else has that port there.
func DialFrom(ctx context.Context, name, addr string, w Window, from netip.AddrPort) (*Conn, error) {
	d := net.Dialer{FallbackDelay: -1, KeepAlive: -1, Control: w.control}
	if from.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(from)
	}
	c, err := d.DialContext(ctx, "tcp", addr)
	if errors.Is(err, connReset) {
		return nil, ErrReset
	}
	if errors.Is(err, addrInUse) {
		return nil, ErrTaken
	}
	if err != nil {
		return nil, err
	}
	return newConn(name, c.(*net.TCPConn)), nil
}

func newConn(name string, c *net.TCPConn) *Conn {
	return &Conn{
		Name:   name,
		Local:  unmap(c.LocalAddr().(*net.TCPAddr).AddrPort()),
		Remote: unmap(c.RemoteAddr().(*net.TCPAddr).AddrPort()),
		sock:   c,
	}
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// Sent returns how many bytes were handed to the kernel.
func (c *Conn) Sent() int64 { return c.sent.Load() }

// maxRecent is how much of what was sent is kept.
const maxRecent = 128 << 10

// Recent returns the last of the bytes that were handed to the kernel, at most
// 128 KiB: what a peer that mixes something up may have got hold of.
func (c *Conn) Recent() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.recent[max(0, len(c.recent)-maxRecent):])
}

func (c *Conn) remember(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.recent)+len(data) > 4*maxRecent { // seldom moved, for long floods are many writes
		c.recent = append(c.recent[:0], c.recent[max(0, len(c.recent)-maxRecent):]...)
	}
	c.recent = append(c.recent, data[max(0, len(data)-maxRecent):]...)
}

// Received returns how many bytes were read.
func (c *Conn) Received() int64 { return c.received.Load() }

// Open reports whether the grader still holds the connection.
func (c *Conn) Open() bool { return !c.closed }

// WroteFIN reports whether [Conn.CloseWrite] was called.
func (c *Conn) WroteFIN() bool { return c.wroteFIN }

// Read waits at most d for bytes. Besides n > 0 it returns [ErrLater],
// [io.EOF] after the peer's FIN, or [ErrReset]. With TLS the bytes are those
// that the peer's program wrote: see [Conn.Secure].
func (c *Conn) Read(buf []byte, d time.Duration) (n int, err error) {
	if c.layer != nil && c.layer.agreed {
		n, err = c.readSecure(buf, d)
	} else {
		n, err = c.readBare(buf, d)
	}
	c.received.Add(int64(n))
	return n, err
}

// readBare reads what TCP brings.
func (c *Conn) readBare(buf []byte, d time.Duration) (int, error) {
	n, err := tryRead(c.sock, buf)
	if err == errAgain {
		c.sock.SetReadDeadline(time.Now().Add(d))
		n, err = c.sock.Read(buf)
	}
	if n > 0 {
		return n, nil
	}
	if err == io.EOF && c.tellReset.Load() {
		c.toldReset.Store(true)
		return 0, ErrReset
	}
	if err == io.EOF {
		c.EOF = true
	}
	return 0, plain(err)
}

// TellReset lets Read return ErrReset behind the last byte when a write has met the RST. The kernel
// tells of it once, and then Read would see an end of stream. It reports whether a write has.
func (c *Conn) TellReset() bool {
	c.tellReset.Store(c.writeReset.Load())
	return c.tellReset.Load()
}

// ToldReset reports whether Read has said so.
func (c *Conn) ToldReset() bool { return c.toldReset.Load() }

// Write hands at most all of data to the kernel, waiting at most d for room.
// It returns how much was taken; [ErrLater] when that was not all. With TLS
// what the kernel gets are records that hold data.
func (c *Conn) Write(data []byte, d time.Duration) (n int, err error) {
	if c.layer != nil && c.layer.agreed && !c.layer.bare {
		n, err = c.writeSecure(data, d)
	} else {
		n, err = c.writeBare(data, d)
	}
	c.sent.Add(int64(n))
	c.remember(data[:n])
	return n, err
}

func (c *Conn) writeBare(data []byte, d time.Duration) (int, error) {
	n, err := tryWrite(c.sock, data)
	if err == nil && n < len(data) || err == errAgain {
		var more int
		c.sock.SetWriteDeadline(time.Now().Add(d))
		more, err = c.sock.Write(data[n:])
		n += more
	}
	if errors.Is(err, connReset) {
		c.writeReset.Store(true)
	}
	return n, plain(err)
}

// errAgain is what a try returns that would have had to wait. Read and Write
// try before they wait with a deadline, because a deadline that is over by the
// time the call begins, as on a busy machine, would keep it from even trying:
// then "not yet" would be a lie.
var errAgain = errors.New("would have to wait")

// CloseWrite sends a FIN: this side has no more to send, but goes on reading.
func (c *Conn) CloseWrite() error {
	c.wroteFIN = true
	return plain(c.sock.CloseWrite())
}

// Close closes both directions in the orderly way.
func (c *Conn) Close() error {
	c.closed = true
	c.layer.abandon()
	defer afterForks()
	return plain(c.sock.Close())
}

// afterForks waits until what was closed is closed. A child that another scenario has
// forked meanwhile has a copy of every descriptor until it is executed, and the kernel
// ends a connection only with its last one. Package syscall holds ForkLock until then.
func afterForks() {
	syscall.ForkLock.RLock()
	syscall.ForkLock.RUnlock() // to have had it is enough
}

// Reset sends an RST: both directions end at once and bytes under way are
// lost. It leaves no TIME-WAIT behind (SO_LINGER 0, socket(7)). A Unix socket has
// no such thing, and is only closed.
func (c *Conn) Reset() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.layer.abandon()
	if tcp, ok := c.sock.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	defer afterForks()
	return plain(c.sock.Close())
}

// plain turns the many errors of a socket into the three that matter here.
func plain(err error) error {
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return ErrLater
	default:
		return ErrReset
	}
}
