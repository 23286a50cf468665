// Belief: CR and LF are written together, so they come together; a CR without its LF is a broken line.
//
// When a piece ends between the two, a command that is right is answered with a protocol error.
//
// Caught by: 07-byte-by-byte (early-eof).
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
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
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(10 * time.Millisecond) // until there is a descriptor again
			continue
		}
		if err != nil {
			return err
		}
		go s.handle(conn)
	}
}

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

// handle serves one client to its end and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	r := &reader{conn: conn}
	for {
		args, err := r.command()
		if err == errProtocol {
			io.WriteString(conn, "-ERR Protocol error\r\n")
		}
		if err != nil {
			return
		}
		if _, err := io.WriteString(conn, s.do(args)); err != nil {
			return
		}
	}
}

// What a client may ask of our memory.
const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
	maxLine    = 64      // bytes of a length
)

var errProtocol = errors.New("protocol error")

// A reader has what came from a client and is not used yet.
type reader struct {
	conn net.Conn
	came []byte
	buf  [4096]byte
}

// more waits for the next piece.
func (r *reader) more() error {
	n, err := r.conn.Read(r.buf[:])
	r.came = append(r.came, r.buf[:n]...)
	return err
}

// command reads one command: an array of bulk strings.
func (r *reader) command() (args []string, err error) {
	count, err := r.length('*', 1, maxArgs)
	for room := maxCommand; err == nil && count > 0; count-- {
		var n int
		if n, err = r.length('$', 0, min(maxBulk, room)); err != nil {
			break
		}
		room -= n
		for len(r.came) <= n && err == nil {
			err = r.more()
		}
		if err != nil {
			break
		}
		args = append(args, string(r.came[:n]))
		r.came = r.came[n:]
		if !bytes.HasPrefix(r.came, []byte("\r\n")) {
			return nil, errProtocol
		}
		r.came = r.came[2:]
	}
	return args, err
}

// length reads a line such as "$5\r\n": a mark, and a number in bounds.
func (r *reader) length(mark byte, least, most int) (int, error) {
	for bytes.IndexByte(r.came, '\r') < 0 {
		if len(r.came) > maxLine {
			return 0, errProtocol
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	line, rest, whole := strings.Cut(string(r.came), "\r\n")
	if !whole || line == "" || line[0] != mark {
		return 0, errProtocol
	}
	r.came = []byte(rest)
	number, err := strconv.ParseUint(line[1:], 10, 31) // takes no sign
	n := int(number)
	if err != nil || n < least || n > most {
		return 0, errProtocol
	}
	return n, nil
}

// do carries out a command and returns the reply.
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
