//go:build linux

// Belief: when the FIN has been read and the replies have been sent, all is done.
//
// While much is to be sent no commands are taken out of what has come. When a FIN stands
// after them, the connection is closed as soon as the first replies have left.
//
// Caught by: 53-behind-a-fin (early-eof).
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
}

// Bounds of one command; RESP itself sets none.
const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
)

// errProtocol says that a message is not what RESP allows.
var errProtocol = errors.New("protocol error")

func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	file, err := ln.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer file.Close()
	fd := int(file.Fd())
	if err := syscall.SetNonblock(fd, true); err != nil {
		return err
	}
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())
	ln.Close() // file is a second descriptor of the same socket
	l := &loop{ep: ep, ln: fd, clients: map[int]*client{}, values: map[string]string{}}
	return l.run()
}

// A loop is the whole server. It has one thread, and never waits for a client.
type loop struct {
	ep, ln  int
	paused  bool      // the listener is not watched
	resume  time.Time // until then
	pause   time.Duration
	clients map[int]*client
	values  map[string]string
	buf     [64 << 10]byte
}

const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

func (l *loop) run() error {
	l.pause = shortest
	if err := l.watch(syscall.EPOLL_CTL_ADD, l.ln, syscall.EPOLLIN); err != nil {
		return err
	}
	events := make([]syscall.EpollEvent, 256)
	for {
		wait := -1
		if l.paused {
			wait = max(0, int(time.Until(l.resume).Milliseconds())+1)
		}
		n, err := syscall.EpollWait(l.ep, events, wait)
		if err != nil && err != syscall.EINTR {
			return os.NewSyscallError("epoll_wait", err)
		}
		for _, e := range events[:max(n, 0)] {
			if int(e.Fd) == l.ln {
				if err := l.accept(); err != nil {
					return err
				}
			} else if c := l.clients[int(e.Fd)]; c != nil {
				l.serve(c, e.Events)
			}
		}
		if l.paused && !time.Now().Before(l.resume) {
			l.paused = false
			if err := l.watch(syscall.EPOLL_CTL_ADD, l.ln, syscall.EPOLLIN); err != nil {
				return err
			}
		}
	}
}

func (l *loop) watch(op, fd int, events uint32) error {
	err := syscall.EpollCtl(l.ep, op, fd, &syscall.EpollEvent{Events: events, Fd: int32(fd)})
	return os.NewSyscallError("epoll_ctl", err)
}

// accept takes all clients that wait. When there is no descriptor it leaves
// them where they are for a while.
func (l *loop) accept() error {
	for {
		fd, from, err := syscall.Accept4(l.ln, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		switch err {
		case nil:
		case syscall.EAGAIN:
			return nil
		case syscall.EINTR, syscall.ECONNABORTED, syscall.EPROTO, syscall.EPERM,
			syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.EHOSTDOWN:
			continue
		case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
			log.Printf("accept: %v; trying again in %v", err, l.pause)
			l.paused, l.resume = true, time.Now().Add(l.pause)
			l.pause = min(2*l.pause, longest)
			return l.watch(syscall.EPOLL_CTL_DEL, l.ln, 0)
		default:
			return os.NewSyscallError("accept4", err)
		}
		l.pause = shortest
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
		c := &client{fd: fd, from: from, watched: syscall.EPOLLIN}
		if err := l.watch(syscall.EPOLL_CTL_ADD, fd, c.watched); err != nil {
			log.Println(err)
			syscall.Close(fd)
			continue
		}
		l.clients[fd] = c
	}
}

// A client has what the loop must remember of it between two events.
type client struct {
	fd      int
	from    syscall.Sockaddr
	in      parser
	rest    []byte // has come, is not yet parsed: out is long
	eof     bool   // no more will come
	refused bool   // after a protocol error: nothing is parsed any more
	out     []byte // to be sent
	watched uint32
}

// While a client has more than this to read, its commands are left alone.
const enough = 256 << 10

func (c *client) String() string {
	switch a := c.from.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *syscall.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port)).String()
	}
	return "client"
}

// drop ends the connection of c.
func (l *loop) drop(c *client, why error) {
	if why != nil {
		log.Println(c, why)
	}
	delete(l.clients, c.fd)
	syscall.Close(c.fd) // which takes it out of the epoll set, too
}

// serve does what can be done for c without waiting.
func (l *loop) serve(c *client, events uint32) {
	if c.watched&syscall.EPOLLIN != 0 && events&^syscall.EPOLLOUT != 0 {
		if err := l.read(c); err != nil {
			l.drop(c, err)
			return
		}
	}
	if err := l.write(c); err != nil {
		l.drop(c, err)
		return
	}
	if len(c.out) == 0 && (c.refused || c.eof) {
		l.drop(c, nil) // all is said
		return
	}
	for len(c.rest) > 0 && len(c.out) <= enough {
		l.parse(c, c.rest)
		if err := l.write(c); err != nil {
			l.drop(c, err)
			return
		}
	}
	if len(c.out) == 0 && len(c.rest) == 0 && (c.refused || c.eof) {
		l.drop(c, nil)
		return
	}
	watched := uint32(0)
	if len(c.out) > 0 {
		watched |= syscall.EPOLLOUT
	}
	if len(c.out) <= enough && !c.eof && !c.refused {
		watched |= syscall.EPOLLIN
	}
	if watched != c.watched {
		if err := l.watch(syscall.EPOLL_CTL_MOD, c.fd, watched); err != nil {
			l.drop(c, err)
			return
		}
		c.watched = watched
	}
}

// read takes what has come, at most a buffer full. It returns an error of the
// connection, but not its end.
func (l *loop) read(c *client) error {
	used := 0
	for used < len(l.buf) {
		n, err := syscall.Read(c.fd, l.buf[used:])
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			l.parse(c, l.buf[:used])
			return nil
		case err != nil:
			l.parse(c, l.buf[:used]) // what came before is good
			return os.NewSyscallError("read", err)
		case n == 0:
			c.eof = true
			l.parse(c, l.buf[:used])
			return nil
		}
		used += n
	}
	l.parse(c, l.buf[:used])
	return nil
}

// parse carries out the commands in what c has sent, as long as it reads the
// replies. It keeps a copy of the rest.
func (l *loop) parse(c *client, data []byte) {
	for len(data) > 0 && len(c.out) <= enough && !c.refused {
		n, words, err := c.in.feed(data)
		data = data[n:]
		if err != nil {
			log.Println(c, err)
			c.out = append(c.out, "-ERR Protocol error\r\n"...)
			c.refused = true
		} else if words != nil {
			c.out = l.do(c.out, words)
		}
	}
	if c.refused {
		data = nil
	}
	c.rest = append([]byte(nil), data...)
}

// write sends what the kernel takes of the replies.
func (l *loop) write(c *client) error {
	sent := 0
	for sent < len(c.out) {
		n, err := syscall.Write(c.fd, c.out[sent:])
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EAGAIN {
			break
		}
		if err != nil {
			return os.NewSyscallError("write", err)
		}
		sent += n
	}
	if c.out = c.out[sent:]; len(c.out) == 0 {
		c.out = nil
	}
	return nil
}

// do carries out a command and adds its reply to out.
func (l *loop) do(out []byte, words []string) []byte {
	switch name, words := strings.ToUpper(words[0]), words[1:]; {
	case name == "PING" && len(words) == 0:
		return append(out, "+PONG\r\n"...)
	case name == "ECHO" && len(words) == 1:
		return bulk(out, words[0])
	case name == "SET" && len(words) == 2:
		l.values[words[0]] = words[1]
		return append(out, "+OK\r\n"...)
	case name == "GET" && len(words) == 1:
		if value, ok := l.values[words[0]]; ok {
			return bulk(out, value)
		}
		return append(out, "$-1\r\n"...)
	case name == "DEL" && len(words) > 0:
		before := len(l.values)
		for _, key := range words {
			delete(l.values, key)
		}
		return fmt.Appendf(out, ":%d\r\n", before-len(l.values))
	}
	return append(out, "-ERR unknown command or wrong number of arguments\r\n"...)
}

func bulk(out []byte, s string) []byte {
	out = fmt.Appendf(out, "$%d\r\n", len(s))
	return append(append(out, s...), "\r\n"...)
}

// A parser takes commands apart, in whatever pieces they come.
type parser struct {
	words []string
	left  int    // words to come; 0 is the state between two commands
	room  int    // bytes that they may have
	line  []byte // of a line, what has come
	need  int    // bytes of a word that are still missing, CR and LF among them
	word  []byte
	size  int
}

const maxLine = 4096

// feed uses n bytes of data, up to the end of a command, whose words it then
// returns.
func (p *parser) feed(data []byte) (n int, words []string, err error) {
	for n < len(data) {
		if p.need > 0 {
			k := min(p.need, len(data)-n)
			p.word = append(p.word, data[n:n+k]...)
			n, p.need = n+k, p.need-k
			if p.need > 0 {
				break
			}
			if string(p.word[p.size:]) != "\r\n" {
				return n, nil, fmt.Errorf("%w: %q after %d bytes", errProtocol, p.word[p.size:], p.size)
			}
			p.words = append(p.words, string(p.word[:p.size]))
			p.word = nil
			if p.left--; p.left == 0 {
				words, p.words = p.words, nil
				return n, words, nil
			}
			continue
		}
		i := bytes.IndexByte(data[n:], '\n')
		if i < 0 {
			p.line = append(p.line, data[n:]...)
			n = len(data)
		} else {
			p.line = append(p.line, data[n:n+i+1]...)
			n += i + 1
		}
		if len(p.line) > maxLine {
			return n, nil, fmt.Errorf("%w: a line without an end", errProtocol)
		}
		if i < 0 {
			break
		}
		if p.left == 0 {
			p.left, err = length(p.line, '*', 1, maxArgs)
			p.room = maxCommand
		} else {
			p.size, err = length(p.line, '$', 0, min(maxBulk, p.room))
			p.room -= p.size
			p.need = p.size + 2
		}
		if err != nil {
			return n, nil, err
		}
		p.line = p.line[:0]
	}
	return n, nil, nil
}

// length takes a whole line apart.
func length(line []byte, mark byte, least, most int) (int, error) {
	digits, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || digits == "" || digits[0] != mark {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	n, err := strconv.ParseUint(digits[1:], 10, 31)
	if err != nil || int(n) < least || int(n) > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return int(n), nil
}
