// Kvd that keeps words as bytes and flushes after each reply. Clients that only read the
// store share its lock; each word has memory of its own, so the store may keep it.
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
	mu     sync.RWMutex
	values map[string][]byte
}

// converse answers one command after the other. Its error is never nil.
func (s *store) converse(conn net.Conn) error {
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	for {
		args, err := readCommand(r)
		switch {
		case err == nil:
			s.do(w, args)
		case errors.Is(err, errProtocol):
			w.WriteString("-ERR Protocol error\r\n")
		}
		if ferr := w.Flush(); ferr != nil {
			return ferr
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
)

var errProtocol = errors.New("protocol error")

var crlf = []byte("\r\n")

// readCommand reads one command: an array of bulk strings.
func readCommand(r *bufio.Reader) ([][]byte, error) {
	n, err := readLength(r, '*')
	if err != nil {
		return nil, err
	}
	if n < 1 || n > maxArgs {
		return nil, errProtocol
	}
	args, room := make([][]byte, n), maxCommand
	for i := range args {
		n, err := readLength(r, '$')
		if err != nil {
			return nil, err
		}
		if n < 0 || n > min(maxBulk, room) {
			return nil, errProtocol
		}
		room -= n
		data := make([]byte, n+len(crlf))
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, err
		}
		word, whole := bytes.CutSuffix(data, crlf)
		if !whole {
			return nil, errProtocol
		}
		args[i] = word
	}
	return args, nil
}

// readLength reads a line such as "$5\r\n": a mark and a number.
func readLength(r *bufio.Reader, mark byte) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, whole := bytes.CutSuffix(line[1:], crlf)
	number, err := strconv.ParseUint(string(digits), 10, 31) // takes no sign
	n := int(number)
	if line[0] != mark || !whole || err != nil {
		return 0, errProtocol
	}
	return n, nil
}

// do carries out a command and writes the reply to w.
func (s *store) do(w *bufio.Writer, args [][]byte) {
	name, args := string(bytes.ToUpper(args[0])), args[1:]
	switch {
	case name == "PING" && len(args) == 0:
		w.WriteString("+PONG\r\n")
	case name == "ECHO" && len(args) == 1:
		writeBulk(w, args[0])
	case name == "SET" && len(args) == 2:
		s.mu.Lock()
		s.values[string(args[0])] = args[1]
		s.mu.Unlock()
		w.WriteString("+OK\r\n")
	case name == "GET" && len(args) == 1:
		s.mu.RLock()
		value, ok := s.values[string(args[0])]
		s.mu.RUnlock()
		if !ok {
			w.WriteString("$-1\r\n")
			return
		}
		writeBulk(w, value) // the bytes of a value never change
	case name == "DEL" && len(args) > 0:
		s.mu.Lock()
		before := len(s.values)
		for _, key := range args {
			delete(s.values, string(key))
		}
		removed := before - len(s.values)
		s.mu.Unlock()
		fmt.Fprintf(w, ":%d\r\n", removed)
	default:
		w.WriteString("-ERR unknown command or wrong number of arguments\r\n")
	}
}

// writeBulk writes data as a bulk string.
func writeBulk(w *bufio.Writer, data []byte) {
	fmt.Fprintf(w, "$%d\r\n", len(data))
	w.Write(data)
	w.Write(crlf)
}
