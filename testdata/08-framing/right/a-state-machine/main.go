// Kvd with a parser that never reads: it is fed with whatever a Read has brought, and
// remembers where it is in the command until it is fed again.
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
		go func() {
			defer conn.Close()
			if err := s.converse(conn); err != io.EOF {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

// converse answers the commands of a piece with one Write, or more when the replies are
// long. Its error is never nil.
func (s *store) converse(conn net.Conn) error {
	var p parser
	var replies bytes.Buffer
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		commands, broken := p.feed(buf[:n])
		for _, args := range commands {
			replies.WriteString(s.do(args))
			if replies.Len() > maxBulk {
				if _, err := replies.WriteTo(conn); err != nil {
					return err
				}
			}
		}
		if broken != nil {
			replies.WriteString("-ERR Protocol error\r\n")
		}
		if _, err := replies.WriteTo(conn); err != nil {
			return err
		}
		if broken != nil {
			return broken
		}
		if err != nil {
			return err
		}
	}
}

// What a client may ask of our memory.
const (
	maxArgs    = 1024
	maxBulk    = 1 << 20
	maxCommand = 2 << 20 // of all words together
	maxLine    = 32
)

var errProtocol = errors.New("protocol error")

// A parser is somewhere in a command: in the line that says how many words it has, in
// the line that says how long a word is, or in a word.
type parser struct {
	inWord  bool
	part    []byte   // what has come of the line or the word
	size    int      // of the word, with its CR and LF
	missing int      // words of the command that have not come
	args    []string // those that have
	used    int      // bytes of the command's words
}

// feed takes a piece of the stream and returns the commands that end in it.
func (p *parser) feed(piece []byte) (commands [][]string, err error) {
	for len(piece) > 0 {
		n := 1 // of a line, look at every byte
		if p.inWord {
			n = min(p.size-len(p.part), len(piece))
		}
		p.part = append(p.part, piece[:n]...)
		piece = piece[n:]
		if p.inWord {
			err = p.word()
		} else {
			err = p.line()
		}
		if err != nil {
			return commands, err
		}
		if p.missing == 0 && len(p.args) > 0 {
			commands = append(commands, p.args)
			p.args, p.used = nil, 0
		}
	}
	return commands, nil
}

// line ends a line when its LF has come.
func (p *parser) line() error {
	if len(p.part) > maxLine {
		return errProtocol
	}
	line, ended := strings.CutSuffix(string(p.part), "\n")
	if !ended {
		return nil
	}
	mark, least, most := "$", 0, min(maxBulk, maxCommand-p.used)
	if p.missing == 0 {
		mark, least, most = "*", 1, maxArgs
	}
	digits, marked := strings.CutPrefix(line, mark)
	digits, whole := strings.CutSuffix(digits, "\r")
	number, err := strconv.ParseUint(digits, 10, 31) // takes no sign
	n := int(number)
	if !marked || !whole || err != nil || n < least || n > most {
		return errProtocol
	}
	p.part = p.part[:0]
	if p.missing == 0 {
		p.missing = n
	} else {
		p.inWord, p.size = true, n+2
		p.used += n
	}
	return nil
}

// word ends a word when all its bytes, and CR and LF, have come.
func (p *parser) word() error {
	if len(p.part) < p.size {
		return nil
	}
	word, whole := strings.CutSuffix(string(p.part), "\r\n")
	if !whole {
		return errProtocol
	}
	p.args = append(p.args, word)
	p.missing--
	p.inWord, p.part = false, p.part[:0]
	return nil
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
