//go:build !noevidence

package wire

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Stamp asks the kernel to note when bytes arrive (SO_TIMESTAMPNS, socket(7)),
// for [Conn.ReadStamped], and returns when it does so. The first socket of a
// machine that asks turns the notes on for all, and the kernel does that a
// little later, in a work queue: until then bytes come without one.
func (c *Conn) Stamp() error {
	if err := onFD(c.sock, askStamps); err != nil {
		return err
	}
	return awaitStamps()
}

func askStamps(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
}

// How long the kernel has for turning the notes on, and how often it is asked.
const (
	stampsBound  = 10 * time.Second
	stampsPause  = 200 * time.Microsecond
	stampsInARow = 10
)

var errNoStamps = errors.New("the kernel does not note when bytes arrive")

// awaitStamps returns when the kernel notes arrivals, which from then on it does
// as long as this program runs.
var awaitStamps = sync.OnceValue(func() error {
	if err := keepStamps(); err != nil {
		return err
	}
	return stampsCome()
})

// keepStamps opens a socket that asks for notes and stays open: when the last
// one that asks is closed, the kernel turns them off again, and to ask once more
// at that moment may find them neither on nor off.
func keepStamps() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	return askStamps(fd)
}

// stampsCome sends bytes over a connection of its own until they come with a
// note, several in a row: the end of an earlier asking may be under way still.
// It must be TCP: for a datagram without a note the kernel makes one up when it
// is read.
func stampsCome() error {
	ctx, cancel := context.WithTimeout(context.Background(), stampsBound)
	defer cancel()
	from, to, err := ownPair(ctx)
	if err != nil {
		return err
	}
	defer from.Reset()
	defer to.Reset()
	if err := onFD(to.sock, askStamps); err != nil {
		return err
	}
	buf := make([]byte, 1)
	for row := 0; row < stampsInARow; time.Sleep(stampsPause) {
		if _, err := from.Write(buf, stampsBound); err != nil {
			return err
		}
		_, at, err := to.ReadStamped(buf)
		switch {
		case err != nil && err != ErrLater:
			return err
		case ctx.Err() != nil:
			return errNoStamps
		case err == nil && at.IsZero():
			row = 0
		case err == nil:
			row++
		}
	}
	return nil
}

// ownPair returns both ends of a new connection over loopback.
func ownPair(ctx context.Context) (dialled, accepted *Conn, err error) {
	l, err := Listen("", "127.0.0.1", Default)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if dialled, err = Dial(ctx, "", l.Addr, Default); err != nil {
		return nil, nil, err
	}
	if accepted, err = l.Accept("", stampsBound); err != nil {
		dialled.Reset()
		return nil, nil, err
	}
	return dialled, accepted, nil
}

// ReadStamped reads bytes that are there already, without waiting, and says
// when the last of them arrived in this machine's kernel. The errors are those
// of [Conn.Read].
func (c *Conn) ReadStamped(buf []byte) (n int, at time.Time, err error) {
	control := make([]byte, 128)
	var controls int
	n, err = try(c.sock, func(fd int) (n int, err error) {
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
	return n, noted(control[:controls]), plain(err)
}
