// Belief: a client writes one command, so one Read brings one command.
//
// A command that comes in pieces is refused as a protocol error at its first piece.
//
// Caught by: 07-byte-by-byte (early-eof).
package main

import (
	"bytes"
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

// handle serves one client and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	if err := s.converse(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// converse answers commands until the stream ends or makes no sense.
func (s *store) converse(conn net.Conn) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		words, err := parse(buf[:n])
		if err != nil {
			io.WriteString(conn, "-ERR Protocol error\r\n")
			return err
		}
		if _, err := io.WriteString(conn, s.do(words)); err != nil {
			return err
		}
	}
}

const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
)

var errProtocol = errors.New("protocol error")

// parse takes a command apart into its words.
func parse(data []byte) ([]string, error) {
	n, data, err := cutLength(data, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	words, room := make([]string, n), maxCommand
	for i := range words {
		n, data, err = cutLength(data, '$', 0, min(maxBulk, room))
		if err != nil {
			return nil, err
		}
		room -= n
		if len(data) < n+2 || string(data[n:n+2]) != "\r\n" {
			return nil, fmt.Errorf("%w: no end after %d bytes", errProtocol, n)
		}
		words[i], data = string(data[:n]), data[n+2:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%w: %q after a command", errProtocol, data)
	}
	return words, nil
}

// cutLength cuts a line such as "$5\r\n" off data: a mark, and a number in bounds.
func cutLength(data []byte, mark byte, least, most int) (n int, rest []byte, err error) {
	line, rest, whole := bytes.Cut(data, []byte("\r\n"))
	if !whole || len(line) == 0 || line[0] != mark {
		return 0, nil, errProtocol
	}
	number, err := strconv.ParseUint(string(line[1:]), 10, 31) // takes no sign
	n = int(number)
	if err != nil || n < least || n > most {
		return 0, nil, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return n, rest, nil
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
