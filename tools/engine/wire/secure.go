package wire

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"sync"
	"time"
)

// An AlertError is how TLS ended on a connection, where it did not end by a
// close_notify: the peer has sent an alert, or what it sent makes no sense.
type AlertError struct {
	Sent bool // by the peer
	Text string
}

func (e *AlertError) Error() string { return e.Text }

// Secure begins a TLS handshake on the connection: make is tls.Client or
// tls.Server. The caller goes on with [Conn.Handshake]. From then on Read,
// Write and CloseNotify are those of TLS; CloseWrite, Close and Reset, and the
// field EOF, are those of TCP as before.
func (c *Conn) Secure(make func(net.Conn, *tls.Config) *tls.Conn, config *tls.Config) {
	l := &layer{sock: c.sock, waits: true}
	l.change.L = &l.mu
	config = config.Clone()
	config.DynamicRecordSizingDisabled = true // the same bytes make the same records each time
	l.conn = make(l, config)
	c.layer = l
	go l.shake()
}

// Handshake goes on with the handshake, waiting at most d for the peer. It
// returns [ErrLater] when it is not over; else nil, an [AlertError], io.EOF for
// a FIN, or [ErrReset].
func (c *Conn) Handshake(d time.Duration) error {
	l := c.layer
	for {
		over, err := l.settle()
		if failed := c.flush(d); failed != nil && !over {
			return failed
		}
		if over {
			l.agreed = err == nil
			return inWords(err)
		}
		buf := make([]byte, 16<<10)
		n, failed := c.readBare(buf, d)
		if failed == ErrLater {
			return failed
		}
		if failed != nil && n == 0 {
			l.feed(nil, failed)
			continue
		}
		l.moved += int64(n)
		l.feed(buf[:n], nil)
	}
}

// SendPiece sends at most n bytes of the ClientHello, and reports whether more are
// left for Handshake, or the next piece.
func (c *Conn) SendPiece(n int) bool {
	l := c.layer
	l.settle()
	rest := l.pending()
	sent, err := c.writeBare(rest[:min(n, len(rest))], 0)
	l.sent(sent)
	return err == nil && sent < len(rest)
}

// Reframe makes of the ClientHello, which is one record as yet, records of at most n
// bytes, and of the version that RFC 8446 has for all but the first (3.3).
func (c *Conn) Reframe(n int) {
	l := c.layer
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	hello := l.out[recordHeader:]
	l.out = nil
	for part := range slices.Chunk(hello, n) {
		l.out = append(l.out, recordHandshake, 3, 3, byte(len(part)>>8), byte(len(part)))
		l.out = append(l.out, part...)
	}
}

// A record begins with its type, its version and its length (RFC 8446 §5.1).
const (
	recordHandshake = 22
	recordHeader    = 5
)

// TLS returns what was agreed on in the handshake; ok is false without one.
func (c *Conn) TLS() (state tls.ConnectionState, ok bool) {
	if c.layer == nil || !c.layer.agreed {
		return state, false
	}
	return c.layer.conn.ConnectionState(), true
}

// Notified reports whether the peer's close_notify has been read.
func (c *Conn) Notified() bool { return c.layer != nil && c.layer.notified }

// Speaks reports whether what is written is made into records.
func (c *Conn) Speaks() bool { return c.layer != nil && c.layer.agreed && !c.layer.bare }

// Bare lets what is sent from now on go as it is, below TLS: no record is made of
// it. What comes is read as before.
func (c *Conn) Bare() { c.layer.bare = true }

// CloseNotify sends a close_notify, which ends this side's stream of TLS. No FIN
// goes with it.
func (c *Conn) CloseNotify(d time.Duration) error {
	if err := c.layer.conn.CloseWrite(); err != nil {
		return inWords(err)
	}
	return c.flush(d)
}

// flush hands to the kernel what waits for it.
func (c *Conn) flush(d time.Duration) error {
	for {
		rest := c.layer.pending()
		if len(rest) == 0 {
			return nil
		}
		n, err := c.writeBare(rest, d)
		c.layer.sent(n)
		c.layer.moved += int64(n)
		c.layer.gone += int64(n)
		if err != nil {
			return err
		}
	}
}

// readSecure reads what the peer's program wrote. Its error is io.EOF at the end
// of that: after a close_notify or, when the field EOF is set, after a FIN.
// Behind a close_notify it reads what TCP brings.
func (c *Conn) readSecure(buf []byte, d time.Duration) (int, error) {
	l := c.layer
	if err := c.flush(0); err == ErrReset {
		return 0, err
	}
	for {
		if l.notified {
			return c.readBare(buf, d)
		}
		n, err := l.conn.Read(buf)
		switch {
		case n > 0:
			return n, nil
		case err == io.EOF:
			l.notified = !c.EOF
			return 0, io.EOF
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, inWords(err)
		}
		got := pieces.Get().(*[]byte)
		n, err = c.readBare(*got, d)
		if err == ErrLater {
			pieces.Put(got)
			return 0, err
		}
		l.feed((*got)[:n], err)
		pieces.Put(got)
	}
}

// pieces are buffers between the socket and TLS.
var pieces = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// mostAtOnce is how much of a Write is made into records before the kernel has
// taken all that was.
const mostAtOnce = 64 << 10

// writeSecure sends data in records. What has been made into records and does not
// fit into the kernel's buffers is not counted yet: the next Write begins with
// the same bytes, and then it is.
func (c *Conn) writeSecure(data []byte, d time.Duration) (n int, err error) {
	l := c.layer
	for {
		if err := c.flush(d); err != nil {
			return n, err
		}
		done := min(l.taken, len(data)-n)
		n, l.taken = n+done, 0
		if n == len(data) {
			return n, nil
		}
		part := data[n:min(len(data), n+mostAtOnce)]
		if _, err := l.conn.Write(part); err != nil {
			return n, inWords(err)
		}
		l.taken = len(part)
	}
}

// inWords turns the errors of crypto/tls into those that matter here.
func inWords(err error) error {
	var op *net.OpError
	var wrong *AlertError
	switch {
	case err == nil, err == io.EOF, err == ErrReset, err == ErrLater, errors.As(err, &wrong):
		return err
	case errors.Is(err, ErrReset):
		return ErrReset
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &AlertError{Text: "the stream was cut inside a record"}
	case errors.As(err, &op) && op.Op == "remote error":
		return &AlertError{Sent: true, Text: op.Err.Error()}
	}
	return &AlertError{Text: err.Error()}
}

// Wire returns how many bytes TLS has handed to the kernel; 0 without it.
func (c *Conn) Wire() int64 {
	if !c.Speaks() {
		return 0
	}
	return c.layer.gone
}

// Progress counts what the handshake has got from the socket, and given to it.
func (c *Conn) Progress() int64 { return c.layer.moved }
