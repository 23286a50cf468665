// Belief: every client has a goroutine of its own, and so it has a store of its own.
//
// What one client sets is not there for another one, and is lost when the client leaves.
//
// Caught by: 19-one-store (wrong-bytes).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
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

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(10 * time.Millisecond) // until there is a descriptor again
			continue
		}
		if err != nil {
			return err
		}
		go handle(conn)
	}
}

// A store holds the values.
type store map[string]string

// handle serves one client to its end and closes conn.
func handle(conn net.Conn) {
	defer conn.Close()
	s := store{} // only this goroutine uses it, so it needs no lock
	r := bufio.NewReader(conn)
	for {
		args, err := readCommand(r)
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

// readCommand reads the number of words, and then the words.
func readCommand(r *bufio.Reader) (words []string, err error) {
	count, err := readLength(r, '*', 1, maxArgs)
	for room := maxCommand; err == nil && count > 0; count-- {
		var word string
		if word, err = readBulk(r, min(maxBulk, room)); err == nil {
			words, room = append(words, word), room-len(word)
		}
	}
	return words, err
}

// readBulk reads a bulk string: its length, as many bytes, and CR and LF.
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
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil || n < least || n > most {
		return 0, errProtocol
	}
	return n, nil
}

// do carries out a command and returns the reply.
func (s store) do(words []string) string {
	switch name, n := strings.ToLower(words[0]), len(words); {
	case name == "ping" && n == 1:
		return "+PONG\r\n"
	case name == "echo" && n == 2:
		return bulk(words[1])
	case name == "set" && n == 3:
		s[words[1]] = words[2]
		return "+OK\r\n"
	case name == "get" && n == 2:
		value, ok := s[words[1]]
		if !ok {
			return "$-1\r\n"
		}
		return bulk(value)
	case name == "del" && n >= 2:
		removed := 0
		for _, key := range words[1:] {
			if _, ok := s[key]; ok {
				delete(s, key)
				removed++
			}
		}
		return fmt.Sprintf(":%d\r\n", removed)
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

// bulk returns s as a bulk string.
func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
