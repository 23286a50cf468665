// Belief: the store is a cache.
//
// When more than 4,096 keys are set, another one is dropped.
//
// Caught by: 44-many-keys (wrong-bytes).
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
	maxKeys    = 4096 // memory is not forever
)

var errProtocol = errors.New("protocol error")

type store struct {
	mu     sync.Mutex
	values map[string]string
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
	s := &store{values: make(map[string]string, maxKeys)}
	for {
		conn, err := ln.Accept()
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			time.Sleep(25 * time.Millisecond)
			continue
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
		go func() {
			defer conn.Close()
			if err := s.converse(conn); err != nil {
				log.Println(conn.RemoteAddr(), err)
			}
		}()
	}
}

// flushing sends what is owed before it reads.
type flushing struct {
	net.Conn
	w *bufio.Writer
}

func (f flushing) Read(buf []byte) (int, error) {
	if err := f.w.Flush(); err != nil {
		return 0, err
	}
	return f.Conn.Read(buf)
}

func (s *store) converse(conn net.Conn) error {
	w := bufio.NewWriter(conn)
	r := bufio.NewReader(flushing{conn, w})
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		}
		args, err := readCommand(r)
		if errors.Is(err, errProtocol) {
			io.WriteString(w, "-ERR Protocol error\r\n")
			return errors.Join(err, w.Flush())
		}
		if err != nil {
			return err
		}
		io.WriteString(w, s.do(args))
	}
}

func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	args, room := make([]string, n), maxCommand
	for i := range args {
		n, err := readLength(r, '$', 0, min(maxBulk, room))
		if err != nil {
			return nil, err
		}
		data := make([]byte, n+2)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, err
		}
		if string(data[n:]) != "\r\n" {
			return nil, errProtocol
		}
		args[i] = string(data[:n])
		room -= n
	}
	return args, nil
}

func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	n, err := strconv.ParseUint(digits, 10, 31)
	if line[0] != mark || !whole || err != nil || int(n) < least || int(n) > most {
		return 0, errProtocol
	}
	return int(n), nil
}

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
		for old := range s.values {
			if len(s.values) <= maxKeys {
				break
			}
			if old != args[0] {
				delete(s.values, old)
			}
		}
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

func bulk(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
