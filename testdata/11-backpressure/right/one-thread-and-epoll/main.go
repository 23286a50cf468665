//go:build linux

// Hubd as one goroutine, with epoll and system calls. A line is written at once where nothing waits for its
// client; what the kernel does not take is written later, and after it is the queue.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	maxName = 16
	maxLine = 1000
	rest    = 100 * time.Millisecond // how long no client is accepted when there is no descriptor
)

type client struct {
	fd    int
	name  string // "" until it has come
	in    []byte // bytes without an LF yet
	out   []byte // what is left of the line that is being sent
	queue [][]byte
	ended bool // its stream has ended; what waits is still sent
	gone  bool // closed
	ask   uint32
}

type hub struct {
	ep, ln  int
	queue   int
	clients map[int]*client
	members map[string]*client
	failed  []*client // a write has failed
	again   time.Time // when to accept again; zero if now
	buf     []byte
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	queue := flag.Int("queue", 256, "how many `lines` may wait for one client")
	flag.Parse()
	if *queue < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, *queue); err != nil {
		fmt.Fprintln(os.Stderr, "hubd:", err)
		os.Exit(1)
	}
}

func run(addr string, queue int) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	file, err := ln.(*net.TCPListener).File() // a descriptor of our own
	if err != nil {
		return err
	}
	defer file.Close()
	text := ln.Addr().String()
	ln.Close()
	h := &hub{ln: int(file.Fd()), queue: queue, clients: map[int]*client{}, members: map[string]*client{},
		buf: make([]byte, 4096)}
	if err := syscall.SetNonblock(h.ln, true); err != nil {
		return err
	}
	if h.ep, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if err := h.ctl(syscall.EPOLL_CTL_ADD, h.ln, syscall.EPOLLIN); err != nil {
		return err
	}
	fmt.Println("listening on", text)
	return h.loop()
}

func (h *hub) ctl(op, fd int, ask uint32) error {
	return syscall.EpollCtl(h.ep, op, fd, &syscall.EpollEvent{Events: ask, Fd: int32(fd)})
}

func (h *hub) loop() error {
	events := make([]syscall.EpollEvent, 64)
	for {
		wait := -1
		if !h.again.IsZero() {
			wait = int(rest / time.Millisecond)
		}
		n, err := syscall.EpollWait(h.ep, events, wait)
		if err != nil && err != syscall.EINTR {
			return err
		}
		newcomers := false
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == h.ln {
				newcomers = true
				continue
			}
			c := h.clients[int(e.Fd)]
			if c == nil {
				continue // closed since
			}
			if e.Events&syscall.EPOLLOUT != 0 {
				h.flush(c)
			}
			if !c.gone && !c.ended && e.Events&(syscall.EPOLLIN|syscall.EPOLLHUP|syscall.EPOLLERR) != 0 {
				h.read(c)
			} else if !c.gone && e.Events&(syscall.EPOLLHUP|syscall.EPOLLERR) != 0 {
				h.end(c)
			}
			h.bury()
		}
		if !h.again.IsZero() && time.Now().After(h.again) {
			h.again = time.Time{}
			if err := h.ctl(syscall.EPOLL_CTL_ADD, h.ln, syscall.EPOLLIN); err != nil {
				return err
			}
		}
		if newcomers {
			if err := h.accept(); err != nil {
				return err
			}
		}
	}
}

// accept is last in a round, so that no event of a descriptor that has been
// closed in this round can reach a new client.
func (h *hub) accept() error {
	for {
		fd, _, err := syscall.Accept4(h.ln, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch {
		case err == nil:
		case err == syscall.EAGAIN:
			return nil
		case err == syscall.EINTR || err == syscall.ECONNABORTED:
			continue
		case errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE):
			h.again = time.Now().Add(rest)
			return h.ctl(syscall.EPOLL_CTL_DEL, h.ln, 0)
		default:
			return err
		}
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		c := &client{fd: fd, ask: syscall.EPOLLIN}
		if err := h.ctl(syscall.EPOLL_CTL_ADD, fd, c.ask); err != nil {
			syscall.Close(fd)
			continue
		}
		h.clients[fd] = c
	}
}

// want sets what is asked for c.
func (h *hub) want(c *client) {
	var ask uint32
	if !c.ended {
		ask |= syscall.EPOLLIN
	}
	if len(c.out) > 0 {
		ask |= syscall.EPOLLOUT
	}
	if ask != c.ask && !c.gone {
		c.ask = ask
		h.ctl(syscall.EPOLL_CTL_MOD, c.fd, ask)
	}
}

func (h *hub) read(c *client) {
	n, err := syscall.Read(c.fd, h.buf)
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return
	case err != nil:
		h.end(c)
		return
	case n == 0:
		c.ended, c.in = true, nil
		h.remove(c)
		if len(c.out) == 0 {
			h.end(c)
		}
		h.want(c)
		return
	}
	data := append(c.in, h.buf[:n]...)
	for !c.gone {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			break
		}
		line := bytes.TrimSuffix(data[:i], []byte("\r"))
		if len(line) > maxLine {
			h.end(c)
			return
		}
		h.line(c, line)
		h.bury()
		data = data[i+1:]
	}
	if c.gone {
		return
	}
	if len(bytes.TrimSuffix(data, []byte("\r"))) > maxLine {
		h.end(c) // whatever comes now
		return
	}
	c.in = nil
	if len(data) > 0 {
		c.in = append(make([]byte, 0, len(data)), data...)
	}
}

func (h *hub) line(c *client, text []byte) {
	if c.name != "" {
		h.tell(c.name+": "+string(text)+"\n", c)
		return
	}
	name := string(text)
	switch {
	case !good(name):
		syscall.Write(c.fd, []byte("* bad name\n")) // it is the first that is written
		h.end(c)
	case h.members[name] != nil:
		syscall.Write(c.fd, []byte("* name taken\n"))
		h.end(c)
	default:
		h.tell("* "+name+" has joined\n", nil)
		h.bury() // those that have gone are not on the list
		list := "* here:"
		names := make([]string, 0, len(h.members))
		for n := range h.members {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			list += " " + n
		}
		c.name = name
		h.members[name] = c
		h.put(c, list+"\n") // it has nothing yet, so there is room
	}
}

func good(name string) bool {
	return len(name) >= 1 && len(name) <= maxName && !strings.ContainsFunc(name, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

func (h *hub) tell(line string, but *client) {
	var full []*client // dropped when all others have the line: that is news, too
	for _, c := range h.members {
		if c != but && !h.put(c, line) {
			full = append(full, c)
		}
	}
	for _, c := range full {
		h.end(c)
	}
}

// put gives c a line, and reports whether there was room.
func (h *hub) put(c *client, line string) bool {
	switch {
	case c.gone:
	case len(c.out) == 0:
		c.out = []byte(line)
		h.flush(c)
	case len(c.queue) < h.queue:
		c.queue = append(c.queue, []byte(line))
	default:
		return false
	}
	return true
}

// flush writes what the kernel takes.
func (h *hub) flush(c *client) {
	for !c.gone && len(c.out) > 0 {
		n, err := syscall.Write(c.fd, c.out)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EAGAIN {
			break
		}
		if err != nil {
			h.failed = append(h.failed, c)
			return
		}
		c.out = c.out[n:]
		if len(c.out) == 0 {
			c.out = nil
			if len(c.queue) > 0 {
				c.out, c.queue[0] = c.queue[0], nil
				if c.queue = c.queue[1:]; len(c.queue) == 0 {
					c.queue = nil
				}
			}
		}
	}
	if c.ended && len(c.out) == 0 {
		h.end(c)
	}
	h.want(c)
}

// bury ends those to which a write has failed.
func (h *hub) bury() {
	for len(h.failed) > 0 {
		c := h.failed[0]
		h.failed = h.failed[1:]
		h.end(c)
	}
	h.failed = nil
}

// end closes c, whatever waits, and lets the others know.
func (h *hub) end(c *client) {
	if c.gone {
		return
	}
	c.gone = true
	delete(h.clients, c.fd)
	syscall.Close(c.fd) // epoll forgets it, too
	c.out, c.queue = nil, nil
	h.remove(c)
}

// remove takes c out of the room.
func (h *hub) remove(c *client) {
	if c.name != "" && h.members[c.name] == c {
		delete(h.members, c.name)
		h.tell("* "+c.name+" has left\n", c)
	}
}
