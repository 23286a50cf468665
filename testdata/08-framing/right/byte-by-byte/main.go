// Kvd without a buffer between it and the connection: a length is read one byte at a
// time, up to a bound, and a value goes straight to where it belongs.
package main

import (
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

// handle serves one client to its end and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	for {
		words, err := readCommand(conn)
		switch {
		case err == nil:
			_, err = conn.Write([]byte(s.do(words)))
		case errors.Is(err, errProtocol):
			conn.Write([]byte("-ERR Protocol error\r\n"))
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}

// What a client may ask of our memory.
const (
	maxWords   = 1024
	maxBytes   = 1 << 20
	maxCommand = 2 << 20 // of all words together
	maxLine    = 32      // more than any number that is allowed
)

var errProtocol = errors.New("protocol error")

// readCommand reads the number of words, and then the words.
func readCommand(r io.Reader) ([]string, error) {
	count, err := readLength(r, '*', 1, maxWords)
	if err != nil {
		return nil, err
	}
	words, room := make([]string, 0, count), maxCommand
	for range count {
		n, err := readLength(r, '$', 0, min(maxBytes, room))
		if err != nil {
			return nil, err
		}
		room -= n
		data := make([]byte, n+2)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, err
		}
		word, whole := strings.CutSuffix(string(data), "\r\n")
		if !whole {
			return nil, fmt.Errorf("%w: more than %d bytes", errProtocol, n)
		}
		words = append(words, word)
	}
	return words, nil
}

// readLength reads a line such as "$5\r\n", and not one byte of what follows it.
func readLength(r io.Reader, mark byte, least, most int) (int, error) {
	var line []byte
	var one [1]byte
	for one[0] != '\n' {
		if len(line) == maxLine {
			return 0, fmt.Errorf("%w: a line without an end", errProtocol)
		}
		if _, err := io.ReadFull(r, one[:]); err != nil {
			return 0, err
		}
		line = append(line, one[0])
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return n, nil
}

// do carries out a command and returns the reply.
func (s *store) do(words []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, n := strings.ToLower(words[0]), len(words); {
	case name == "ping" && n == 1:
		return "+PONG\r\n"
	case name == "echo" && n == 2:
		return bulk(words[1])
	case name == "set" && n == 3:
		s.values[words[1]] = words[2]
		return "+OK\r\n"
	case name == "get" && n == 2:
		value, ok := s.values[words[1]]
		if !ok {
			return "$-1\r\n"
		}
		return bulk(value)
	case name == "del" && n >= 2:
		removed := 0
		for _, key := range words[1:] {
			if _, ok := s.values[key]; ok {
				delete(s.values, key)
				removed++
			}
		}
		return fmt.Sprintf(":%d\r\n", removed)
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

// bulk returns s as a bulk string.
func bulk(s string) string { return "$" + strconv.Itoa(len(s)) + "\r\n" + s + "\r\n" }
