// Belief: the length of a word is the number of its characters.
//
// A client that asks for "naïve" reads one byte too few, and takes what is left for a part of the next reply.
//
// Caught by: 05-any-bytes (wrong-bytes).
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
	"unicode/utf8"
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
		words, err := readCommand(r)
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
		s.answer(w, words)
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

// readCommand reads one command: the number of its words, and for each its
// length, as many bytes, and CR and LF.
func readCommand(r *bufio.Reader) ([][]byte, error) {
	count, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	words, room := make([][]byte, count), maxCommand
	for i := range words {
		n, err := readLength(r, '$', 0, min(maxBulk, room))
		if err != nil {
			return nil, err
		}
		room -= n
		data := make([]byte, n+2)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, err
		}
		if string(data[n:]) != "\r\n" {
			return nil, errProtocol
		}
		words[i] = data[:n]
	}
	return words, nil
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
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return n, nil
}

// answer carries out a command and writes the reply to w.
func (s *store) answer(w io.Writer, words [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, args := strings.ToUpper(string(words[0])), words[1:]; {
	case name == "PING" && len(args) == 0:
		io.WriteString(w, "+PONG\r\n")
	case name == "ECHO" && len(args) == 1:
		writeBulk(w, args[0])
	case name == "SET" && len(args) == 2:
		s.values[string(args[0])] = args[1]
		io.WriteString(w, "+OK\r\n")
	case name == "GET" && len(args) == 1:
		if value, ok := s.values[string(args[0])]; ok {
			writeBulk(w, value)
		} else {
			io.WriteString(w, "$-1\r\n")
		}
	case name == "DEL" && len(args) > 0:
		before := len(s.values)
		for _, key := range args {
			delete(s.values, string(key))
		}
		fmt.Fprintf(w, ":%d\r\n", before-len(s.values))
	default:
		io.WriteString(w, "-ERR unknown command or wrong number of arguments\r\n")
	}
}

// writeBulk writes value as a bulk string.
func writeBulk(w io.Writer, value []byte) {
	fmt.Fprintf(w, "$%d\r\n%s\r\n", utf8.RuneCount(value), value)
}
