// Belief: the words of a command are slices, and a slice has its bytes for itself.
//
// They are the bytes of the client's one buffer, where the next command is put: a GET brings parts of later commands.
//
// Caught by: 03-set-get-del (wrong-bytes).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
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
	s := &store{values: map[string][]byte{}}
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
	values map[string][]byte
}

// handle serves one client to its end and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	r := &reader{Reader: bufio.NewReader(conn)}
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
)

var errProtocol = errors.New("protocol error")

// A reader reads the commands of one client. It needs no new memory for them.
type reader struct {
	*bufio.Reader
	buf []byte // the words of the command that is being read
}

// command reads one command: an array of bulk strings.
func (r *reader) command() ([][]byte, error) {
	n, err := r.length('*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	r.buf = r.buf[:0]
	args := make([][]byte, n)
	for i := range args {
		if args[i], err = r.bulk(min(maxBulk, maxCommand-len(r.buf))); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// bulk reads a bulk string of at most that many bytes: its length, as many bytes, and CR and LF.
func (r *reader) bulk(most int) ([]byte, error) {
	n, err := r.length('$', 0, most)
	if err != nil {
		return nil, err
	}
	r.buf = slices.Grow(r.buf, n+2)
	data := r.buf[len(r.buf) : len(r.buf)+n+2]
	r.buf = r.buf[:len(r.buf)+n]
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	if string(data[n:]) != "\r\n" {
		return nil, errProtocol
	}
	return data[:n], nil
}

// length reads a line such as "$5\r\n": a mark, and a number in bounds.
func (r *reader) length(mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil || n < least || n > most {
		return 0, errProtocol
	}
	return n, nil
}

// do carries out a command and returns the reply.
func (s *store) do(args [][]byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, args := strings.ToUpper(string(args[0])), args[1:]; {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n"
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		s.values[string(args[0])] = args[1]
		return "+OK\r\n"
	case name == "GET" && len(args) == 1:
		if value, ok := s.values[string(args[0])]; ok {
			return bulk(value)
		}
		return "$-1\r\n"
	case name == "DEL" && len(args) > 0:
		before := len(s.values)
		for _, key := range args {
			delete(s.values, string(key))
		}
		return fmt.Sprintf(":%d\r\n", before-len(s.values))
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

// bulk returns b as a bulk string.
func bulk(b []byte) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(b), b) }
