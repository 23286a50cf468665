// Belief: a command takes no time, so a few workers are enough for all clients.
//
// The workers also write the replies, and a write takes as long as the client likes. When
// each of them has met a client that does not read, no command is carried out any more.
//
// Caught by: 52-stuck-clients (silence).
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
	s.jobs = make(chan job)
	for range workers {
		go s.work(s.jobs)
	}
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

// handle serves one client and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	if err := s.converse(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
	jobs   chan job
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

// workers carry out the commands of all clients. More of them would only wait
// for the lock.
const workers = 32

// A job is a command of a client.
type job struct {
	args []string
	w    *bufio.Writer
	idle bool // nothing more has come from the client: send the replies now
	done chan<- error
}

func (s *store) work(jobs <-chan job) {
	for j := range jobs {
		_, err := j.w.WriteString(s.do(j.args))
		if err == nil && j.idle {
			err = j.w.Flush()
		}
		j.done <- err
	}
}

// converse answers the commands that come on conn, in order.
func (s *store) converse(conn net.Conn) error {
	w := bufio.NewWriter(conn)
	r := bufio.NewReader(flushing{conn, w})
	done := make(chan error, 1)
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		args, err := readCommand(r)
		if errors.Is(err, errProtocol) {
			w.WriteString("-ERR Protocol error\r\n")
			return errors.Join(err, w.Flush())
		}
		if err != nil {
			return err
		}
		s.jobs <- job{args, w, r.Buffered() == 0, done}
		if err := <-done; err != nil {
			return err
		}
	}
}

// Bounds of one command; RESP itself sets none.
const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
)

// errProtocol says that a message is not what RESP allows.
var errProtocol = errors.New("protocol error")

// readCommand returns the words of the next command.
func readCommand(r *bufio.Reader) ([]string, error) {
	n, err := readLength(r, '*', 1, maxArgs)
	if err != nil {
		return nil, err
	}
	var args []string
	for room := maxCommand; len(args) < n; {
		word, err := readBulk(r, min(maxBulk, room))
		if err != nil {
			return nil, err
		}
		args = append(args, word)
		room -= len(word)
	}
	return args, nil
}

// readBulk returns what is in the next bulk string, at most that many bytes.
func readBulk(r *bufio.Reader, most int) (string, error) {
	n, err := readLength(r, '$', 0, most)
	if err != nil {
		return "", err
	}
	data := make([]byte, n+2)
	if _, err := io.ReadFull(r, data); err != nil {
		return "", unexpected(err)
	}
	if data[n] != '\r' || data[n+1] != '\n' {
		return "", fmt.Errorf("%w: %q after %d bytes", errProtocol, data[n:], n)
	}
	return string(data[:n]), nil
}

// readLength returns the number, from least to most, in a line such as "$5\r\n".
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		return 0, fmt.Errorf("%w: a line without an end", errProtocol)
	}
	if err != nil {
		return 0, unexpected(err)
	}
	return length(line, mark, least, most)
}

// unexpected is for errors that come inside a command.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// length takes a whole line apart.
func length(line []byte, mark byte, least, most int) (int, error) {
	digits, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || digits == "" || digits[0] != mark {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	n, err := strconv.ParseUint(digits[1:], 10, 31)
	if err != nil || int(n) < least || int(n) > most {
		return 0, fmt.Errorf("%w: %q", errProtocol, line)
	}
	return int(n), nil
}

// do carries out a command of one word or more and returns the whole reply.
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
