// Belief: Atoi returns 0 for text that is not a number, and 0 is a length like any other.
//
// A client that sends a word where its length should be gets no protocol error: the server
// takes the value for empty, and waits for its end.
//
// Caught by: 14-no-number (silence).
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

// converse answers commands until the end of the stream or a protocol error.
func (s *store) converse(conn net.Conn) error {
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		args, err := readCommand(r)
		if err == io.EOF {
			return nil
		}
		if errors.Is(err, errProtocol) {
			io.WriteString(w, "-ERR Protocol error\r\n")
			return errors.Join(err, w.Flush())
		}
		if err != nil {
			return err
		}
		io.WriteString(w, s.do(args))
		if err := w.Flush(); err != nil {
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

// readCommand reads one command: the number of its words, and the words.
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

// readBulk reads a word: its length, as many bytes, and CR and LF.
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
		return "", errProtocol
	}
	return string(data[:n]), nil
}

// readLength reads a line such as "$5\r\n": a mark, and a number in bounds.
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	n, _ := strconv.Atoi(digits)
	if line[0] != mark || !whole || n < least || n > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
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
