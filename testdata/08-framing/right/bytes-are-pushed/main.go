// There is no bufio and nothing that waits
// inside a command. Bytes are pushed into a state machine as they come; it
// calls back with whole commands. All replies to one read go out in one write.
// It refuses signs and zeros in front, and the store has an RWMutex.
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
	"sync"
	"syscall"
	"time"
)

const (
	mostWords   = 1024
	mostInWord  = 1 << 20
	mostInTotal = 2 << 20
)

type state int

const (
	wantMark state = iota
	wantDigit
	wantLF
	wantData
	wantDataCR
	wantDataLF
)

// A machine has eaten a part of a command, perhaps none.
type machine struct {
	state  state
	mark   byte
	n      int // the number so far
	digits int
	todo   int // words to come
	room   int
	word   []byte
	words  []string
	emit   func([]string)
}

func newMachine(emit func([]string)) *machine {
	return &machine{mark: '*', emit: emit}
}

// idle reports whether no command has begun.
func (m *machine) idle() bool { return m.state == wantMark && m.mark == '*' }

func (m *machine) push(p []byte) error {
	for len(p) > 0 {
		if m.state == wantData {
			k := min(len(p), m.n-len(m.word))
			m.word = append(m.word, p[:k]...)
			p = p[k:]
			if len(m.word) == m.n {
				m.state = wantDataCR
			}
			continue
		}
		b := p[0]
		p = p[1:]
		if err := m.step(b); err != nil {
			return err
		}
	}
	return nil
}

func (m *machine) step(b byte) error {
	switch m.state {
	case wantMark:
		if b != m.mark {
			return fmt.Errorf("%q where %q is due", b, m.mark)
		}
		m.n, m.digits, m.state = 0, 0, wantDigit
	case wantDigit:
		switch {
		case b >= '0' && b <= '9':
			if m.digits > 0 && m.n == 0 {
				return errors.New("a zero in front")
			}
			m.digits++
			m.n = m.n*10 + int(b-'0')
			if m.n > mostInWord {
				// Refuse once the line has come; do not count further.
				m.n = mostInWord + 1
			}
			if m.digits > 30 {
				return errors.New("a number of 30 digits")
			}
		case b == '\r' && m.digits > 0:
			m.state = wantLF
		default:
			return fmt.Errorf("%q in a number", b)
		}
	case wantLF:
		if b != '\n' {
			return errors.New("CR without LF")
		}
		return m.number()
	case wantDataCR:
		if b != '\r' {
			return fmt.Errorf("%q behind a word", b)
		}
		m.state = wantDataLF
	case wantDataLF:
		if b != '\n' {
			return errors.New("CR without LF behind a word")
		}
		m.words = append(m.words, string(m.word))
		m.word = m.word[:0]
		if cap(m.word) > 4096 {
			m.word = nil
		}
		m.state = wantMark
		if m.todo--; m.todo == 0 {
			m.mark = '*'
			words := m.words
			m.words = nil
			m.emit(words)
		}
	}
	return nil
}

func (m *machine) number() error {
	if m.mark == '*' {
		if m.n < 1 || m.n > mostWords {
			return fmt.Errorf("%d words", m.n)
		}
		m.todo, m.room = m.n, mostInTotal
		m.mark, m.state = '$', wantMark
		return nil
	}
	if m.n > mostInWord || m.n > m.room {
		return fmt.Errorf("a word of %d bytes, and room for %d", m.n, m.room)
	}
	m.room -= m.n
	m.state = wantData
	if m.n == 0 {
		m.state = wantDataCR
	}
	return nil
}

var (
	lock   sync.RWMutex
	values = map[string]string{}
)

func client(conn net.Conn) (err error) {
	defer conn.Close()
	var out []byte
	var failed error // of a write in the middle of a read
	m := newMachine(func(words []string) {
		out = reply(out, words)
		if len(out) > 64<<10 {
			if failed == nil {
				_, failed = conn.Write(out)
			}
			out = out[:0]
		}
	})
	in := make([]byte, 32<<10)
	for {
		n, err := conn.Read(in)
		wrong := m.push(in[:n])
		if wrong != nil {
			out = append(out, "-ERR Protocol error\r\n"...)
		}
		if failed != nil {
			return failed
		}
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return err
			}
			out = out[:0]
			if cap(out) > 128<<10 {
				out = nil
			}
		}
		switch {
		case wrong != nil:
			return fmt.Errorf("protocol error: %w", wrong)
		case err == io.EOF && m.idle():
			return nil
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
}

func reply(out []byte, words []string) []byte {
	switch name, args := upper(words[0]), words[1:]; {
	case name == "PING" && len(args) == 0:
		return append(out, "+PONG\r\n"...)
	case name == "ECHO" && len(args) == 1:
		return bulk(out, args[0])
	case name == "SET" && len(args) == 2:
		lock.Lock()
		values[args[0]] = args[1]
		lock.Unlock()
		return append(out, "+OK\r\n"...)
	case name == "GET" && len(args) == 1:
		lock.RLock()
		v, ok := values[args[0]]
		lock.RUnlock()
		if ok {
			return bulk(out, v)
		}
		return append(out, "$-1\r\n"...)
	case name == "DEL" && len(args) > 0:
		lock.Lock()
		before := len(values)
		for _, k := range args {
			delete(values, k)
		}
		n := before - len(values)
		lock.Unlock()
		out = strconv.AppendInt(append(out, ':'), int64(n), 10)
		return append(out, "\r\n"...)
	}
	return append(out, "-ERR unknown command or wrong number of arguments\r\n"...)
}

func bulk(out []byte, s string) []byte {
	out = strconv.AppendInt(append(out, '$'), int64(len(s)), 10)
	out = append(append(out, "\r\n"...), s...)
	return append(out, "\r\n"...)
}

// upper knows the 26 letters of ASCII and no others.
func upper(s string) string {
	if len(s) > 4 {
		return ""
	}
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 32
		}
	}
	return string(b)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
	fmt.Println("listening on", ln.Addr())
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
		go func() {
			if err := client(conn); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}
