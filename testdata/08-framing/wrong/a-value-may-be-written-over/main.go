// Belief: a value has its place in memory.
//
// SET copies the new bytes into the old slice, and a reply to GET that is on its way is made of that slice.
//
// Caught by: 45-as-it-was (wrong-bytes).
package main

import (
	"bufio"
	"bytes"
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
	maxWords   = 1024
	maxWord    = 1 << 20
	maxCommand = 2 << 20
)

var (
	errProtocol = errors.New("protocol error")
	crlf        = []byte("\r\n")
)

type store struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (s *store) set(key string, value []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.values[key]; ok && cap(old) >= len(value) {
		s.values[key] = append(old[:0], value...) // spare the collector
		return
	}
	s.values[key] = bytes.Clone(value)
	if s.values[key] == nil {
		s.values[key] = []byte{}
	}
}

func (s *store) get(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	return v, ok
}

func (s *store) remove(keys [][]byte) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if _, ok := s.values[string(k)]; ok {
			delete(s.values, string(k))
			n++
		}
	}
	return n
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
	s := &store{values: map[string][]byte{}}
	for {
		conn, err := ln.Accept()
		if err == nil {
			go func() {
				defer conn.Close()
				if err := s.converse(conn); err != nil {
					log.Println(conn.RemoteAddr(), err)
				}
			}()
			continue
		}
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

type flushing struct {
	net.Conn
	w *bufio.Writer
}

func (f flushing) Read(p []byte) (int, error) {
	if err := f.w.Flush(); err != nil {
		return 0, err
	}
	return f.Conn.Read(p)
}

func (s *store) converse(conn net.Conn) error {
	w := bufio.NewWriter(conn)
	r := bufio.NewReader(flushing{conn, w})
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		}
		words, err := command(r)
		if errors.Is(err, errProtocol) {
			w.WriteString("-ERR Protocol error\r\n")
			return errors.Join(err, w.Flush())
		}
		if err != nil {
			return err
		}
		s.do(w, words)
	}
}

func (s *store) do(w *bufio.Writer, words [][]byte) {
	name, args := string(bytes.ToUpper(words[0])), words[1:]
	switch n := len(args); {
	case name == "PING" && n == 0:
		w.WriteString("+PONG\r\n")
	case name == "ECHO" && n == 1:
		bulk(w, args[0])
	case name == "SET" && n == 2:
		s.set(string(args[0]), args[1])
		w.WriteString("+OK\r\n")
	case name == "GET" && n == 1:
		if v, ok := s.get(string(args[0])); ok {
			bulk(w, v)
		} else {
			w.WriteString("$-1\r\n")
		}
	case name == "DEL" && n > 0:
		fmt.Fprintf(w, ":%d\r\n", s.remove(args))
	default:
		w.WriteString("-ERR unknown command or wrong number of arguments\r\n")
	}
}

func bulk(w *bufio.Writer, b []byte) {
	fmt.Fprintf(w, "$%d\r\n", len(b))
	w.Write(b)
	w.Write(crlf)
}

func command(r *bufio.Reader) ([][]byte, error) {
	n, err := length(r, '*', maxWords)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, errProtocol
	}
	words, left := make([][]byte, n), maxCommand
	for i := range words {
		size, err := length(r, '$', min(maxWord, left))
		if err != nil {
			return nil, err
		}
		left -= size
		b := make([]byte, size+2)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		if !bytes.HasSuffix(b, crlf) {
			return nil, errProtocol
		}
		words[i] = b[:size:size]
	}
	return words, nil
}

func length(r *bufio.Reader, mark byte, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, ok := bytes.CutSuffix(line[1:], crlf)
	n, err := strconv.ParseUint(string(digits), 10, 24)
	if line[0] != mark || !ok || err != nil || int(n) > most {
		return 0, fmt.Errorf("%w: %.60q", errProtocol, line)
	}
	return int(n), nil
}
