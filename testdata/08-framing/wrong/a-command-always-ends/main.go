// Belief: what was begun comes to its end.
//
// Parsers are used again for later clients, and what a command has left of its 2 MiB is set
// back when the command is whole. One that was cut off leaves less to the next client.
//
// Caught by: 47-what-is-left (early-eof).
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

const (
	maxArgs    = 1024
	maxBulk    = 1 << 20
	maxCommand = 2 << 20
)

var errProtocol = errors.New("protocol error")

// A parser reads the commands of one client at a time.
type parser struct {
	r    *bufio.Reader
	w    *bufio.Writer
	conn net.Conn
	room int
}

func (p *parser) Read(buf []byte) (int, error) {
	if err := p.w.Flush(); err != nil {
		return 0, err
	}
	return p.conn.Read(buf)
}

// free has the parsers that nobody uses.
var free = make(chan *parser, 64)

func take(conn net.Conn) (p *parser) {
	select {
	case p = <-free:
	default:
		p = &parser{r: bufio.NewReader(nil), w: bufio.NewWriter(nil), room: maxCommand}
	}
	p.conn = conn
	p.r.Reset(p)
	p.w.Reset(conn)
	return p
}

func (p *parser) giveBack() {
	p.conn = nil
	select {
	case free <- p:
	default:
	}
}

func (p *parser) next() ([]string, error) {
	n, err := p.length('*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	words := make([]string, n)
	for i := range words {
		size, err := p.length('$', 0, min(maxBulk, p.room))
		if err != nil {
			return nil, err
		}
		p.room -= size
		data := make([]byte, size+2)
		if _, err := io.ReadFull(p.r, data); err != nil {
			return nil, err
		}
		word, ok := strings.CutSuffix(string(data), "\r\n")
		if !ok {
			return nil, fmt.Errorf("%w: %q behind a word", errProtocol, data[size:])
		}
		words[i] = word
	}
	p.room = maxCommand
	return words, nil
}

func (p *parser) length(mark byte, least, most int) (int, error) {
	line, err := p.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: a line without an end", errProtocol)
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	n, err := strconv.ParseUint(digits, 10, 32)
	if line[0] != mark || !whole || err != nil || n < uint64(least) || n > uint64(most) {
		return 0, fmt.Errorf("%w: %.80q", errProtocol, line)
	}
	return int(n), nil
}

type store struct {
	mu     sync.Mutex
	values map[string]string
}

func (s *store) serve(conn net.Conn) (err error) {
	defer conn.Close()
	p := take(conn)
	defer p.giveBack()
	for {
		if _, err := p.r.Peek(1); err == io.EOF {
			return nil
		}
		words, err := p.next()
		if errors.Is(err, errProtocol) {
			p.w.WriteString("-ERR Protocol error\r\n")
			p.w.Flush()
			conn.(*net.TCPConn).CloseWrite() // and the rest is read, so that the reply arrives
			io.Copy(io.Discard, p.r)
		}
		if err != nil {
			return err
		}
		p.w.WriteString(s.do(words))
	}
}

func (s *store) do(words []string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, args := strings.ToUpper(words[0]), words[1:]
	if name == "PING" && len(args) == 0 {
		return "+PONG\r\n"
	}
	if name == "ECHO" && len(args) == 1 {
		return fmt.Sprintf("$%d\r\n%s\r\n", len(args[0]), args[0])
	}
	if name == "SET" && len(args) == 2 {
		s.values[args[0]] = args[1]
		return "+OK\r\n"
	}
	if name == "GET" && len(args) == 1 {
		v, ok := s.values[args[0]]
		if !ok {
			return "$-1\r\n"
		}
		return fmt.Sprintf("$%d\r\n%s\r\n", len(v), v)
	}
	if name == "DEL" && len(args) > 0 {
		n := 0
		for _, key := range args {
			if _, ok := s.values[key]; ok {
				delete(s.values, key)
				n++
			}
		}
		return fmt.Sprintf(":%d\r\n", n)
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
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
	s := &store{values: map[string]string{}}
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
		go func() {
			if err := s.serve(conn); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}
