package wire

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// Networks of Unix sockets, as package net calls them and as they stand before an
// address: unix:PATH and unixpacket:PATH.
const (
	Unix       = "unix"       // a stream of bytes (SOCK_STREAM)
	UnixPacket = "unixpacket" // messages with their boundaries (SOCK_SEQPACKET)
)

// CutUnix splits an address such as unix:PATH. It reports false for one of TCP.
func CutUnix(addr string) (network, path string, ok bool) {
	network, path, ok = strings.Cut(addr, ":")
	return network, path, ok && (network == Unix || network == UnixPacket)
}

// DialUnix connects to the Unix socket at path. It is called path in the Conn's name,
// and reached by way, which is another name of the same socket where path is too long
// or relative. The kernel does both ends of the connection at once: the program that
// listens need not have called accept.
func DialUnix(ctx context.Context, name, network, path, way string) (*Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, way)
	if errors.Is(err, connReset) {
		return nil, ErrReset
	}
	if err != nil {
		return nil, err
	}
	inode, err := inodeOf(c.(*net.UnixConn))
	if err != nil {
		c.Close()
		return nil, err
	}
	return &Conn{Name: name, Path: path, Messages: network == UnixPacket, Inode: inode, sock: c.(*net.UnixConn)}, nil
}

// SendRights writes data in one sendmsg(2), with these descriptors beside it
// (SCM_RIGHTS, unix(7)). It waits at most d for room, and returns [ErrLater] when
// nothing could be written.
func (c *Conn) SendRights(data []byte, files []*os.File, d time.Duration) error {
	var fds []int
	for _, f := range files {
		fd, err := NumberOf(f)
		if err != nil {
			return err
		}
		fds = append(fds, fd)
	}
	beside := rights(fds)
	if len(data) == 0 && c.Messages {
		err := sendEmpty(c.sock, beside)
		if err == errAgain {
			return ErrLater
		}
		return plain(err)
	}
	n, err := trySend(c.sock, data, beside) // as Write tries, and for the same reason
	if err == errAgain {
		c.sock.SetWriteDeadline(time.Now().Add(d))
		n, _, err = c.sock.(*net.UnixConn).WriteMsgUnix(data, beside, nil)
	}
	c.sent.Add(int64(n))
	c.remember(data[:n])
	if err == nil && n < len(data) {
		_, err = c.Write(data[n:], d)
	}
	return plain(err)
}

// NumberOf returns the descriptor of a file, which stays as it is: Fd of package os
// would take O_NONBLOCK away, from all that have the open file.
func NumberOf(f *os.File) (number int, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return 0, err
	}
	err = raw.Control(func(fd uintptr) { number = int(fd) })
	return number, err
}

// maxMessage is the longest message that is read whole.
const maxMessage = 1 << 17

// ReadMessage waits at most d for one message of a socket that keeps boundaries. An
// empty one cannot be told from the end. The errors are those of [Conn.Read].
func (c *Conn) ReadMessage(d time.Duration) ([]byte, error) {
	buf := make([]byte, maxMessage)
	n, err := c.Read(buf, d)
	return buf[:n], err
}

// ListenUnix makes a Unix socket that listens at path. It is called path, and made at
// way.
func ListenUnix(name, network, path, way string) (*Listener, error) {
	ln, err := net.ListenUnix(network, &net.UnixAddr{Net: network, Name: way})
	if err != nil {
		return nil, err
	}
	ln.SetUnlinkOnClose(false) // the folder goes as a whole
	return &Listener{Name: name, Addr: network + ":" + path, unix: ln}, nil
}

// Crowd fills the queue of a listener at way, so that the next dial finds no room.
func (l *Listener) Crowd(way string) error {
	if err := shortQueue(l.unix); err != nil {
		return err
	}
	network, _, _ := CutUnix(l.Addr)
	for {
		c, err := net.Dial(network, way)
		if errors.Is(err, syscall.EAGAIN) {
			return nil
		}
		if err != nil {
			return err
		}
		l.crowd = append(l.crowd, c)
	}
}

// acceptUnix is Accept, of a Unix socket.
func (l *Listener) acceptUnix(name string, d time.Duration) (*Conn, error) {
	l.unix.SetDeadline(time.Now().Add(d))
	c, err := l.unix.AcceptUnix()
	if err != nil {
		return nil, plain(err)
	}
	network, path, _ := CutUnix(l.Addr)
	inode, err := inodeOf(c)
	if err != nil {
		c.Close()
		return nil, err
	}
	return &Conn{Name: name, Path: path, Messages: network == UnixPacket, Inode: inode, sock: c}, nil
}

func inodeOf(c syscall.Conn) (inode uint32, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { inode, failed = socketNumber(int(fd)) })
	return inode, errors.Join(err, failed)
}
