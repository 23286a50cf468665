// Belief: a map answers "" for a key that it does not have, so "" means that there is no value.
//
// A value that was set to nothing is answered as if it had never been set.
//
// Caught by: 06-empty-value (wrong-bytes).
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal("kvd: ", err)
	}
	fmt.Println("listening on", ln.Addr())
	s := &store{values: map[string]string{}}
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(10 * time.Millisecond) // until there is a descriptor again
			continue
		}
		if err != nil {
			log.Fatal("kvd: ", err)
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
	r := bufio.NewReader(conn)
	for {
		words, err := readCommand(r)
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errProtocol):
			io.WriteString(conn, "-ERR Protocol error\r\n")
			return err
		case err != nil:
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

// readCommand reads one command: the number of its words, and for each its
// length, as many bytes, and CR and LF.
func readCommand(r *bufio.Reader) ([]string, error) {
	count, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	words, room := make([]string, count), maxCommand
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
		words[i] = string(data[:n])
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

// A command is one of those that a client may send.
type command struct {
	least, most int // arguments
	run         func(s *store, args []string) string
}

var commands = map[string]command{
	"PING": {0, 0, func(*store, []string) string { return "+PONG\r\n" }},
	"ECHO": {1, 1, func(_ *store, args []string) string { return bulk(args[0]) }},
	"SET":  {2, 2, (*store).set},
	"GET":  {1, 1, (*store).get},
	"DEL":  {1, maxArgs, (*store).del},
}

// do finds a command, carries it out and returns the reply.
func (s *store) do(words []string) string {
	c, known := commands[strings.ToUpper(words[0])]
	args := words[1:]
	if !known || len(args) < c.least || len(args) > c.most {
		return "-ERR unknown command or wrong number of arguments\r\n"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return c.run(s, args)
}

func (s *store) set(args []string) string {
	s.values[args[0]] = args[1]
	return "+OK\r\n"
}

func (s *store) get(args []string) string {
	value := s.values[args[0]]
	if value == "" {
		return "$-1\r\n"
	}
	return bulk(value)
}

func (s *store) del(keys []string) string {
	before := len(s.values)
	for _, key := range keys {
		delete(s.values, key)
	}
	return fmt.Sprintf(":%d\r\n", before-len(s.values))
}

func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
