// Belief: two words have one space between them.
//
// A second space makes an empty word, and an empty line a command without a name.
//
// Caught by: 64-inline (wrong-bytes).
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
	return s.serve(ln)
}

// serve gives each client of ln a goroutine of its own.
func (s *store) serve(ln net.Listener) error {
	pause := shortest
	for {
		conn, err := ln.Accept()
		if noDescriptor(err) {
			log.Printf("%v; trying again in %v", err, pause)
			time.Sleep(pause)
			pause = min(2*pause, longest)
			continue
		}
		if err != nil {
			return err
		}
		pause = shortest
		go s.handle(conn)
	}
}

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// noDescriptor reports whether this process, or the whole system, has no file
// descriptor left for a new socket. Others will be closed.
func noDescriptor(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
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

// converse answers commands until the end of the stream. After a message that
// makes no sense it is not clear where the next one begins: that is an end, too.
func (s *store) converse(conn net.Conn) error {
	w := bufio.NewWriter(conn)
	r := bufio.NewReaderSize(flushing{conn, w}, maxLine)
	for {
		first, err := r.Peek(1)
		if err == io.EOF {
			return nil // the end came between two commands
		}
		if err != nil {
			return err
		}
		read := readTyped
		if first[0] == '*' {
			read = readCommand
		}
		args, err := read(r)
		if errors.Is(err, errProtocol) {
			io.WriteString(w, "-ERR Protocol error\r\n")
			return errors.Join(err, w.Flush())
		}
		if err != nil {
			return err
		}
		if len(args) == 0 {
			continue // an empty line
		}
		io.WriteString(w, s.do(args)) // w keeps an error for Flush
	}
}

// A flushing is a connection that sends what w holds before it waits for more.
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

// Bounds of one command; RESP itself sets none.
const (
	maxArgs    = 1024     // words of a command
	maxBulk    = 1 << 20  // bytes of a word
	maxCommand = 2 << 20  // bytes of all words of a command
	maxLine    = 64 << 10 // bytes of a command that was typed
)

// errProtocol says that a message is not what RESP allows.
var errProtocol = errors.New("protocol error")

// readCommand reads one command: an array of bulk strings.
func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	args, room := make([]string, n), maxCommand
	for i := range args {
		if args[i], err = readBulk(r, min(maxBulk, room)); err != nil {
			return nil, err
		}
		room -= len(args[i])
	}
	return args, nil
}

// readTyped reads a command that is one line: words with spaces between them.
func readTyped(r *bufio.Reader) ([]string, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return nil, fmt.Errorf("%w: a command without an end", errProtocol)
	}
	if err != nil {
		return nil, err
	}
	args := strings.Split(strings.TrimRight(string(line), "\r\n"), " ")
	if len(args) > maxArgs {
		return nil, fmt.Errorf("%w: %d words", errProtocol, len(args))
	}
	return args, nil
}

// readBulk reads a bulk string of at most that many bytes: its length, the
// bytes, and CR and LF.
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
		return "", fmt.Errorf("%w: %q after %d bytes", errProtocol, data[n:], n)
	}
	return string(data[:n]), nil
}

// readLength reads a line such as "$5\r\n": a mark, and a number in bounds.
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: a length without an end", errProtocol)
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
		return "$-1\r\n" // no value is not an empty value
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
