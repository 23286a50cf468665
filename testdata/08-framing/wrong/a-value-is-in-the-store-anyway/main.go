// Belief: a value that waits in a queue is in the store anyway, so it takes no room.
//
// When the key is set again the queue is all that keeps the old value alive: a client
// that does not read fills the memory.
//
// Caught by: 57-replaced-since (memory).
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
	"unsafe"
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

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

// handle serves one client and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	if err := s.converse(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// converse reads commands from conn, carries each out and sends the replies,
// in order: all of them before it waits for more. It returns nil when the
// stream ends between two commands; after a protocol error that error, which
// it has sent as "-ERR Protocol error", CR and LF; any other error without a
// reply.
func (s *store) converse(conn net.Conn) error {
	q := newQueue(conn)
	go q.send()
	err := s.read(conn, q)
	q.close() // and wait until all has been sent
	<-q.done
	return err
}

// read carries out the commands of a client and queues the replies.
func (s *store) read(conn net.Conn, q *queue) error {
	r := bufio.NewReader(conn)
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil // the end came between two commands
		} else if err != nil {
			return err
		}
		args, err := readCommand(r)
		if errors.Is(err, errProtocol) {
			q.add("-ERR Protocol error\r\n", "", false)
			return err
		}
		if err != nil {
			return err
		}
		head, value, isBulk := s.do(args)
		q.add(head, value, isBulk)
	}
}

// A queue holds replies until its goroutine has sent them, so that nobody waits
// for a slow client. A value is not copied: its bytes are those in the store.
type queue struct {
	conn   net.Conn
	done   chan struct{}
	mu     sync.Mutex
	change *sync.Cond
	parts  net.Buffers
	size   int // bytes of memory that parts needs
	closed bool
	err    error
}

// maxQueue is how much of replies is kept for a client.
const maxQueue = 1 << 20

func newQueue(conn net.Conn) *queue {
	q := &queue{conn: conn, done: make(chan struct{})}
	q.change = sync.NewCond(&q.mu)
	return q
}

// add puts a reply into the queue. It waits when there is too much in it.
func (q *queue) add(head, value string, isBulk bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.size > maxQueue && q.err == nil {
		q.change.Wait()
	}
	if q.err != nil {
		return // the reader will notice it, too
	}
	q.parts = append(q.parts, []byte(head))
	q.size += len(head) + 24
	if isBulk {
		// The value itself is in the store anyway.
		q.parts = append(q.parts, unsafe.Slice(unsafe.StringData(value), len(value)), crlf)
		q.size += 48
	}
	q.change.Broadcast()
}

var crlf = []byte("\r\n")

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.change.Broadcast()
}

// send sends what is in the queue until it is closed and empty.
func (q *queue) send() {
	defer close(q.done)
	for {
		q.mu.Lock()
		for len(q.parts) == 0 && !q.closed {
			q.change.Wait()
		}
		parts := q.parts
		q.parts, q.size = nil, 0
		q.change.Broadcast()
		q.mu.Unlock()
		if len(parts) == 0 {
			return
		}
		if _, err := parts.WriteTo(q.conn); err != nil {
			q.mu.Lock()
			q.err = err
			q.change.Broadcast()
			q.mu.Unlock()
			q.conn.Close() // so that the reader ends
			return
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

// readCommand returns the words of the next command: from 1 to maxArgs, of
// maxCommand bytes in all. Its error wraps errProtocol when what came is no
// such command, and is that of r, perhaps io.EOF, when r fails or ends before
// the command does.
func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	args, room := make([]string, n), maxCommand
	for i := range args {
		if args[i], err = readBulk(r, min(maxBulk, room)); err != nil {
			return nil, err
		}
		room -= len(args[i])
	}
	return args, nil
}

// readBulk returns what is in the next bulk string, at most that many bytes.
// For a length that is not allowed it sets nothing aside. Errors are those of
// readCommand.
func readBulk(r *bufio.Reader, most int) (string, error) {
	n, err := readLength(r, '$', 0, most)
	if err != nil {
		return "", err
	}
	data := make([]byte, n+2)
	if _, err := io.ReadFull(r, data); err != nil {
		return "", err
	}
	if string(data[n:]) != "\r\n" {
		return "", fmt.Errorf("%w: %q after %d bytes", errProtocol, data[n:], n)
	}
	return string(data[:n]), nil
}

// readLength returns the number, from least to most, in a line such as
// "$5\r\n". Of a line without an end it keeps some kilobytes. Errors are those
// of readCommand.
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: a length without an end", errProtocol)
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return n, nil
}

// do carries out a command of one word or more and returns the reply: a head,
// and the value after it when the reply is a bulk string.
// Many goroutines call it at the same time.
func (s *store) do(args []string) (head, value string, isBulk bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, args := strings.ToUpper(args[0]), args[1:]; {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n", "", false
	case name == "ECHO" && len(args) == 1:
		return fmt.Sprintf("$%d\r\n%s\r\n", len(args[0]), args[0]), "", false
	case name == "SET" && len(args) == 2:
		s.values[args[0]] = args[1]
		return "+OK\r\n", "", false
	case name == "GET" && len(args) == 1:
		if value, ok := s.values[args[0]]; ok {
			return bulk(value)
		}
		return "$-1\r\n", "", false // no value is not an empty value
	case name == "DEL" && len(args) > 0:
		before := len(s.values)
		for _, key := range args {
			delete(s.values, key)
		}
		return fmt.Sprintf(":%d\r\n", before-len(s.values)), "", false
	}
	return "-ERR unknown command or wrong number of arguments\r\n", "", false
}

// bulk returns s as a bulk string.
func bulk(s string) (head, value string, isBulk bool) {
	return fmt.Sprintf("$%d\r\n", len(s)), s, true
}
