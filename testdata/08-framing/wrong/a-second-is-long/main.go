// Belief: a client that has sent a FIN reads soon.
//
// Replies are written by a goroutine; when the stream has ended it has one second more, and
// then the connection is closed, whatever is still to be written.
//
// Caught by: 46-late-at-the-end (early-eof).
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

const grace = time.Second

var errProtocol = errors.New("protocol error")

type store struct {
	sync.Mutex
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
	s := &store{values: map[string]string{}}
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
		go s.handle(conn)
	}
}

func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	replies := make(chan string, 64)
	broken := make(chan struct{}) // writing has failed
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := writeAll(conn, replies); err != nil {
			close(broken)
		}
	}()
	err := s.read(bufio.NewReader(conn), replies, broken)
	close(replies)
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
	// Let the last replies go out.
	select {
	case <-done:
	case <-time.After(grace):
	}
}

// writeAll writes replies, several at a time when they are there.
func writeAll(conn net.Conn, replies <-chan string) error {
	w := bufio.NewWriter(conn)
	for reply := range replies {
		w.WriteString(reply)
		for more := true; more; {
			select {
			case reply, ok := <-replies:
				w.WriteString(reply)
				more = ok
			default:
				more = false
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) read(r *bufio.Reader, replies chan<- string, broken <-chan struct{}) error {
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		}
		words, err := readWords(r)
		var reply string
		if err == nil {
			reply = s.do(words)
		} else if errors.Is(err, errProtocol) {
			reply = "-ERR Protocol error\r\n"
		} else {
			return err
		}
		select {
		case replies <- reply:
		case <-broken:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func readWords(r *bufio.Reader) ([]string, error) {
	n, err := readSize(r, '*', 1, 1024)
	if err != nil {
		return nil, err
	}
	var words []string
	room := 2 << 20
	for range n {
		n, err := readSize(r, '$', 0, min(1<<20, room))
		if err != nil {
			return nil, err
		}
		room -= n
		data := make([]byte, n+2)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, err
		}
		if data[n] != '\r' || data[n+1] != '\n' {
			return nil, errProtocol
		}
		words = append(words, string(data[:n]))
	}
	return words, nil
}

func readSize(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, errProtocol
	}
	if err != nil {
		return 0, err
	}
	digits, whole := strings.CutSuffix(string(line[1:]), "\r\n")
	n, err := strconv.ParseUint(digits, 10, 64)
	if line[0] != mark || !whole || err != nil || n < uint64(least) || n > uint64(most) {
		return 0, fmt.Errorf("%w: %.50q", errProtocol, line)
	}
	return int(n), nil
}

func (s *store) do(words []string) string {
	s.Lock()
	defer s.Unlock()
	switch name, args := strings.ToUpper(words[0]), words[1:]; {
	case name == "PING" && len(args) == 0:
		return "+PONG\r\n"
	case name == "ECHO" && len(args) == 1:
		return bulk(args[0])
	case name == "SET" && len(args) == 2:
		s.values[args[0]] = args[1]
		return "+OK\r\n"
	case name == "GET" && len(args) == 1:
		if v, ok := s.values[args[0]]; ok {
			return bulk(v)
		}
		return "$-1\r\n"
	case name == "DEL" && len(args) > 0:
		n := 0
		for _, k := range args {
			if _, ok := s.values[k]; ok {
				delete(s.values, k)
				n++
			}
		}
		return ":" + strconv.Itoa(n) + "\r\n"
	}
	return "-ERR unknown command or wrong number of arguments\r\n"
}

func bulk(s string) string { return "$" + strconv.Itoa(len(s)) + "\r\n" + s + "\r\n" }
