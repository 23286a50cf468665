// Belief: a Scanner makes as much room as its split function asks for.
//
// A command of more than 64 KiB ends the connection, without a reply.
//
// Caught by: 10-large-value (reset).
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

// converse answers commands until the stream ends or makes no sense.
func (s *store) converse(conn net.Conn) error {
	commands := bufio.NewScanner(conn)
	commands.Split(splitCommand)
	for commands.Scan() {
		words, _, _ := parse(commands.Bytes()) // it made sense to splitCommand
		if _, err := io.WriteString(conn, s.do(words)); err != nil {
			return err
		}
	}
	if errors.Is(commands.Err(), errProtocol) {
		io.WriteString(conn, "-ERR Protocol error\r\n")
	}
	return commands.Err()
}

const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
	maxLine    = 32      // bytes of a line with a length
)

var errProtocol = errors.New("protocol error")

// splitCommand is a bufio.SplitFunc: it cuts off one whole command.
func splitCommand(data []byte, _ bool) (advance int, token []byte, err error) {
	_, n, err := parse(data)
	if n == 0 || err != nil {
		return 0, nil, err // more must come first, or it makes no sense
	}
	return n, data[:n], nil
}

// parse takes the command at the beginning of data apart into its words, and
// returns how many bytes it has: 0 while it is not whole.
func parse(data []byte) (words []string, size int, err error) {
	count, at, err := parseLength(data, '*', 1, maxArgs)
	if at == 0 {
		return nil, 0, err
	}
	room := maxCommand
	for range count {
		n, skip, err := parseLength(data[at:], '$', 0, min(maxBulk, room))
		if skip == 0 || len(data) < at+skip+n+2 {
			return nil, 0, err
		}
		at += skip
		if string(data[at+n:at+n+2]) != "\r\n" {
			return nil, 0, errProtocol
		}
		words, room = append(words, string(data[at:at+n])), room-n
		at += n + 2
	}
	return words, at, nil
}

// parseLength parses a line such as "$5\r\n" at the beginning of data, and
// returns how many bytes it has: 0 while it is not whole.
func parseLength(data []byte, mark byte, least, most int) (n, size int, err error) {
	line, _, whole := strings.Cut(string(data[:min(len(data), maxLine)]), "\n")
	if !whole && len(line) == maxLine {
		return 0, 0, errProtocol
	}
	if !whole {
		return 0, 0, nil
	}
	digits, marked := strings.CutPrefix(line, string(mark))
	digits, ended := strings.CutSuffix(digits, "\r")
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n = int(number)
	if !marked || !ended || err != nil || n < least || n > most {
		return 0, 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return n, len(line) + 1, nil
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
