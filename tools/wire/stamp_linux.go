package wire

import (
	"context"
	"errors"
	"io"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Stamp asks the kernel to note when bytes arrive (SO_TIMESTAMPNS, socket(7)),
// for [Conn.ReadStamped], and returns when it does so. The first socket of a
// machine that asks turns the notes on for all, and the kernel does that a
// little later, in a work queue: until then bytes come without one.
func (c *Conn) Stamp() error {
	if err := c.askStamps(); err != nil {
		return err
	}
	return awaitStamps()
}

func (c *Conn) askStamps() error {
	return c.option(func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
}

// How long the kernel has for turning the notes on, and how often it is asked.
const (
	stampsBound = 10 * time.Second
	stampsPause = 50 * time.Microsecond
)

var errNoStamps = errors.New("the kernel does not note when bytes arrive")

// awaitStamps sends bytes over a connection of its own until one comes with a
// note. It must be TCP: for a datagram without a note the kernel makes one up
// when it is read.
func awaitStamps() error {
	l, err := Listen("", "127.0.0.1", Default)
	if err != nil {
		return err
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(context.Background(), stampsBound)
	defer cancel()
	from, err := Dial(ctx, "", l.Addr, Default)
	if err != nil {
		return err
	}
	defer from.Reset()
	to, err := l.Accept("", stampsBound)
	if err != nil {
		return err
	}
	defer to.Reset()
	if err := to.askStamps(); err != nil {
		return err
	}
	for buf := make([]byte, 1); ctx.Err() == nil; time.Sleep(stampsPause) {
		if _, err := from.Write(buf, stampsBound); err != nil {
			return err
		}
		if _, at, err := to.ReadStamped(buf); err != nil && err != ErrLater {
			return err
		} else if !at.IsZero() {
			return nil
		}
	}
	return errNoStamps
}

func (c *Conn) option(f func(fd int) error) error {
	raw, err := c.tcp.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// ReadStamped reads bytes that are there already, without waiting, and says
// when the last of them arrived in this machine's kernel. The errors are those
// of [Conn.Read].
func (c *Conn) ReadStamped(buf []byte) (n int, at time.Time, err error) {
	control := make([]byte, 128)
	var controls int
	n, err = try(c.tcp, func(fd int) (n int, err error) {
		n, controls, _, _, err = unix.Recvmsg(fd, buf, control, 0)
		return n, err
	}, len(buf) > 0)
	c.received.Add(int64(n))
	switch {
	case err == errAgain:
		return 0, at, ErrLater
	case err == io.EOF:
		c.EOF = true
	}
	messages, _ := unix.ParseSocketControlMessage(control[:controls]) // torn ones hold no stamp
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			at = time.Unix((*unix.Timespec)(unsafe.Pointer(&m.Data[0])).Unix())
		}
	}
	return n, at, plain(err)
}
