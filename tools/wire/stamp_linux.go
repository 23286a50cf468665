package wire

import (
	"io"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Stamp asks the kernel to note when bytes arrive (SO_TIMESTAMPNS, socket(7)),
// for [Conn.ReadStamped].
func (c *Conn) Stamp() error {
	return c.option(func(fd int) error {
		return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	})
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
