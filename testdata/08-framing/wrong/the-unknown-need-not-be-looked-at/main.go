// Belief: only what is carried out must be right.
//
// Words of a command that it does not know are skipped, and the two bytes after each are not looked at.
//
// Caught by: 41-no-frame-is-sound (wrong-bytes).
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
	wordsMax   = 1024
	wordMax    = 1 << 20
	commandMax = 2 << 20

	unknown = "-ERR unknown command or wrong number of arguments\r\n"
)

var errBroken = errors.New("protocol error")

// arity tells for each command how many words may follow its name.
var arity = map[string]struct{ least, most int }{
	"PING": {0, 0},
	"ECHO": {1, 1},
	"SET":  {2, 2},
	"GET":  {1, 1},
	"DEL":  {1, wordsMax},
}

type server struct {
	lock sync.RWMutex
	data map[string]string
}

type session struct {
	*server
	conn net.Conn
	r    *bufio.Reader
	w    *bufio.Writer
}

func main() {
	at := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *at)
	if err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
	fmt.Printf("listening on %v\n", l.Addr())
	srv := &server{data: map[string]string{}}
	for {
		conn, err := l.Accept()
		switch {
		case err == nil:
			go srv.session(conn)
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(10 * time.Millisecond)
		default:
			fmt.Fprintln(os.Stderr, "kvd:", err)
			os.Exit(1)
		}
	}
}

type flushFirst struct {
	from io.Reader
	to   *bufio.Writer
}

func (f flushFirst) Read(p []byte) (n int, err error) {
	if err = f.to.Flush(); err == nil {
		n, err = f.from.Read(p)
	}
	return n, err
}

func (srv *server) session(conn net.Conn) {
	defer conn.Close()
	w := bufio.NewWriterSize(conn, 16<<10)
	s := &session{srv, conn, bufio.NewReader(flushFirst{conn, w}), w}
	for {
		_, err := s.r.Peek(1)
		if err == io.EOF {
			return
		}
		if err == nil {
			err = s.one()
		}
		if errors.Is(err, errBroken) {
			w.WriteString("-ERR Protocol error\r\n")
			w.Flush()
		}
		if err != nil {
			log.Println(conn.RemoteAddr(), err)
			return
		}
	}
}

// one reads and answers one command.
func (s *session) one() error {
	n, err := s.header('*', 1, wordsMax)
	if err != nil {
		return err
	}
	room := commandMax
	name, err := s.bulk(&room)
	if err != nil {
		return err
	}
	name = strings.ToUpper(name)
	if a, ok := arity[name]; !ok || n-1 < a.least || n-1 > a.most {
		// Nobody will look at these words: do not even store them.
		for range n - 1 {
			size, err := s.header('$', 0, min(wordMax, room))
			if err != nil {
				return err
			}
			room -= size
			if _, err := s.r.Discard(size + len("\r\n")); err != nil {
				return err
			}
		}
		_, err := s.w.WriteString(unknown)
		return err
	}
	args := make([]string, 0, n-1)
	for range n - 1 {
		word, err := s.bulk(&room)
		if err != nil {
			return err
		}
		args = append(args, word)
	}
	_, err = s.w.WriteString(s.run(name, args))
	return err
}

func (s *session) header(mark byte, least, most int) (int, error) {
	line, err := s.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return 0, fmt.Errorf("%w: endless line", errBroken)
	}
	if err != nil {
		return 0, err
	}
	text, ok := strings.CutSuffix(string(line), "\r\n")
	if !ok || text == "" || text[0] != mark {
		return 0, fmt.Errorf("%w: %.40q", errBroken, line)
	}
	n, err := strconv.ParseUint(text[1:], 10, 32)
	if err != nil || n < uint64(least) || n > uint64(most) {
		return 0, fmt.Errorf("%w: number %.40q", errBroken, text)
	}
	return int(n), nil
}

func (s *session) bulk(room *int) (string, error) {
	n, err := s.header('$', 0, min(wordMax, *room))
	if err != nil {
		return "", err
	}
	*room -= n
	var b strings.Builder
	if _, err := io.CopyN(&b, s.r, int64(n)); err != nil {
		return "", io.ErrUnexpectedEOF
	}
	var end [2]byte
	if _, err := io.ReadFull(s.r, end[:]); err != nil {
		return "", io.ErrUnexpectedEOF
	}
	if end != [2]byte{'\r', '\n'} {
		return "", fmt.Errorf("%w: no end after %d bytes", errBroken, n)
	}
	return b.String(), nil
}

func (srv *server) run(name string, args []string) string {
	switch name {
	case "PING":
		return "+PONG\r\n"
	case "ECHO":
		return quoted(args[0])
	case "SET":
		srv.lock.Lock()
		srv.data[args[0]] = args[1]
		srv.lock.Unlock()
		return "+OK\r\n"
	case "GET":
		srv.lock.RLock()
		v, ok := srv.data[args[0]]
		srv.lock.RUnlock()
		if ok {
			return quoted(v)
		}
		return "$-1\r\n"
	}
	// DEL
	srv.lock.Lock()
	defer srv.lock.Unlock()
	n := len(srv.data)
	for _, k := range args {
		delete(srv.data, k)
	}
	return fmt.Sprintf(":%d\r\n", n-len(srv.data))
}

func quoted(s string) string { return fmt.Sprintf("$%d\r\n%s\r\n", len(s), s) }
