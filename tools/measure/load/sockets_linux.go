package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// sockets are connections as the open loop drives them: an openloop.Wire of
// non-blocking sockets and one epoll, without a goroutine or a timer that would
// have to be woken.
type sockets struct {
	ends  []end
	files []*os.File
	fds   []int
	epoll int
	began time.Time

	messages [][]byte // by connection: no two are alike
	got      []int    // by connection: bytes of its echo so far
	events   [256]unix.EpollEvent
}

// newSockets takes over connections, and closes what it got.
func newSockets(clients []*net.TCPConn) (s *sockets, err error) {
	s = &sockets{ends: endsOf(clients), got: make([]int, len(clients))}
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	for i, c := range clients {
		file, err := c.File()
		c.Close()
		if err != nil {
			s.close()
			return nil, err
		}
		fd := int(file.Fd())
		s.files, s.fds = append(s.files, file), append(s.fds, fd)
		s.messages = append(s.messages, rotated(i))
		err = errors.Join(unix.SetNonblock(fd, true),
			unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)}))
		if err != nil {
			s.close()
			return nil, err
		}
	}
	s.restart()
	return s, nil
}

// rotated is message, begun somewhere else: a server that mixes its clients up is
// found out.
func rotated(i int) []byte {
	text := message[:messageSize-1]
	i %= len(text)
	return slices.Concat(text[i:], text[:i], message[messageSize-1:])
}

// restart sets the clock to 0.
func (s *sockets) restart() { s.began = time.Now() }

func (s *sockets) Now() time.Duration { return time.Since(s.began) }

func (s *sockets) Send(conn int) error {
	n, err := unix.Write(s.fds[conn], s.messages[conn])
	if err == nil && n < messageSize {
		err = io.ErrShortWrite // with nothing under way there is always room
	}
	return err
}

func (s *sockets) Poll(answered func(conn int)) error {
	n, err := unix.EpollWait(s.epoll, s.events[:], 0)
	if err != nil && err != unix.EINTR {
		return err
	}
	for _, e := range s.events[:max(n, 0)] {
		whole, err := s.read(int(e.Fd))
		if err != nil {
			return err
		}
		if whole {
			answered(int(e.Fd))
		}
	}
	return nil
}

// read reads what has come of an echo, and reports whether it is whole.
func (s *sockets) read(conn int) (whole bool, err error) {
	var buf [messageSize + 1]byte // one more than there may be
	n, err := unix.Read(s.fds[conn], buf[:])
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return false, nil
	case err != nil:
		return false, err
	case n == 0:
		return false, fmt.Errorf("the server ended connection %d", conn)
	case s.got[conn]+n > messageSize || !bytes.Equal(buf[:n], s.messages[conn][s.got[conn]:s.got[conn]+n]):
		return false, fmt.Errorf("not an echo: %q", buf[:n])
	}
	if s.got[conn] += n; s.got[conn] < messageSize {
		return false, nil
	}
	s.got[conn] = 0
	return true, nil
}

// close ends the connections with an RST, which leaves no TIME-WAIT behind.
func (s *sockets) close() {
	for i, f := range s.files {
		unix.SetsockoptLinger(s.fds[i], unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
		f.Close()
	}
	unix.Close(s.epoll)
}
