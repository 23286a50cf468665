// Belief: a queue keeps a client that reads slowly from slowing down the server.
//
// It has no bound, and the commands of this client are read and carried out all the same:
// one that reads nothing fills the memory with its replies.
//
// Caught by: 54-unread (memory).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
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

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	s := &store{values: map[string]string{}}
	return s.serve(ln)
}

// serve gives each client of ln a goroutine of its own.
func (s *store) serve(ln net.Listener) error {
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, longest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		go s.handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// noDescriptor reports whether this process, or the whole system, has no file
// descriptor left for a new socket. Others will be closed.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// handle serves one client and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	if err := s.converse(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

// An outbox holds the replies that are still to be sent to one client, so that
// one that reads slowly does not keep the server from reading.
type outbox struct {
	mu      sync.Mutex
	changed *sync.Cond
	replies []string
	closed  bool
	err     error
}

func newOutbox() *outbox {
	o := &outbox{}
	o.changed = sync.NewCond(&o.mu)
	return o
}

// put adds a reply. It returns the error of an earlier write, if there was one.
func (o *outbox) put(reply string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.replies = append(o.replies, reply)
	o.changed.Signal()
	return o.err
}

// close says that no more replies will come.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.changed.Signal()
}

// send writes all replies to conn, until close was called and all is written,
// or a write fails. It then makes put and Read of conn fail, too.
func (o *outbox) send(conn net.Conn) error {
	for {
		o.mu.Lock()
		for len(o.replies) == 0 && !o.closed {
			o.changed.Wait()
		}
		replies := o.replies
		o.replies = nil
		o.mu.Unlock()
		if len(replies) == 0 {
			return nil
		}
		w := bufio.NewWriter(conn)
		for _, reply := range replies {
			w.WriteString(reply)
		}
		if err := w.Flush(); err != nil {
			o.mu.Lock()
			o.err, o.replies = err, nil
			o.mu.Unlock()
			conn.Close()
			return err
		}
	}
}

// converse answers the commands that come on conn, in order.
func (s *store) converse(conn net.Conn) error {
	out, sent := newOutbox(), make(chan error, 1)
	go func() { sent <- out.send(conn) }()
	err := s.commands(bufio.NewReader(conn), out)
	if errors.Is(err, errProtocol) {
		out.put("-ERR Protocol error\r\n")
	}
	out.close()
	return errors.Join(err, <-sent)
}

// commands carries out what r brings, up to the end or an error.
func (s *store) commands(r *bufio.Reader, out *outbox) error {
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		args, err := readCommand(r)
		if err != nil {
			return err
		}
		if err := out.put(s.do(args)); err != nil {
			return err
		}
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

// readCommand returns the words of the next command.
func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	var args []string
	for room := maxCommand; len(args) < n; {
		word, err := readBulk(r, min(maxBulk, room))
		if err != nil {
			return nil, err
		}
		args = append(args, word)
		room -= len(word)
	}
	return args, nil
}

// readBulk returns what is in the next bulk string, at most that many bytes.
func readBulk(r *bufio.Reader, most int) (string, error) {
	n, err := readLength(r, '$', 0, most)
	if err != nil {
		return "", err
	}
	data := make([]byte, n+2)
	if _, err := io.ReadFull(r, data); err != nil {
		return "", unexpected(err)
	}
	if data[n] != '\r' || data[n+1] != '\n' {
		return "", fmt.Errorf("%w: %q after %d bytes", errProtocol, data[n:], n)
	}
	return string(data[:n]), nil
}

// readLength returns the number, from least to most, in a line such as "$5\r\n".
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: a line without an end", errProtocol)
	}
	if err != nil {
		return 0, unexpected(err)
	}
	return length(line, mark, least, most)
}

// unexpected is for errors that come inside a command.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
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

// do carries out a command of one word or more and returns the whole reply.
func (s *store) do(args []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, args := strings.ToUpper(args[0]), args[1:]; {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n"
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		s.values[args[0]] = args[1]
		return "+OK\r\n"
	case name == "GET" && len(args) == 1:
		if value, ok := s.values[args[0]]; ok {
			return bulk(value)
		}
		return "$-1\r\n"
	case name == "DEL" && len(args) > 0:
		before := len(s.values)
		for _, key := range args {
			delete(s.values, key)
		}
		return fmt.Sprintf(":%d\r\n", before-len(s.values))
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

// bulk returns s as a bulk string.
func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
