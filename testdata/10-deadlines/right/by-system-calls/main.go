//go:build unix

// Bytes are read and written with system calls, by way of the connection's RawConn, into one buffer without bufio. An
// interrupt sets a deadline in the past, which a lock keeps from being undone.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

func main() {
	var l limits
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.DurationVar(&l.idle, "idle", time.Minute, "longest silence before a request")
	flag.DurationVar(&l.request, "request", 10*time.Second, "longest time for a request, and for its answer")
	flag.DurationVar(&l.total, "total", 10*time.Minute, "longest time for a connection")
	server := flag.String("ask", "", "`address` of a server to ask")
	timeout := flag.Duration("timeout", 5*time.Second, "longest time for asking")
	flag.Parse()
	asks := *server != ""
	if min(l.idle, l.request, l.total, *timeout) <= 0 || asks && !isWord(flag.Arg(0)) || flag.NArg() > 1 ||
		!asks && flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "lined: limits are above 0, and -ask takes one word")
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if asks {
		var text string
		if text, err = ask(ctx, *server, flag.Arg(0), *timeout); err == nil {
			fmt.Println(text)
		}
	} else {
		err = run(ctx, *listen, l)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lined:", err)
		os.Exit(status(err))
	}
}

func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func answer(request string) string {
	if word, ok := strings.CutPrefix(request, "upper "); ok && isWord(word) {
		return strings.ToUpper(word)
	}
	return "ERR unknown request"
}

const maxLine = 4096

type limits struct {
	idle    time.Duration
	request time.Duration
	total   time.Duration
}

var (
	errIdle        = errors.New("idle: no request came in time")
	errRequest     = errors.New("request: no newline came in time")
	errUnread      = errors.New("unread: an answer was not taken in time")
	errTotal       = errors.New("total: the connection has lasted long enough")
	errTooLong     = errors.New("too long a line")
	errInterrupted = errors.New("interrupted")
)

func run(ctx context.Context, addr string, l limits) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { ln.Close() })()
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return serve(ctx, ln, l)
}

func serve(ctx context.Context, ln net.Listener, l limits) error {
	var clients sync.WaitGroup
	defer clients.Wait()
	pause := shortest
	for {
		conn, err := ln.Accept()
		switch {
		case err == nil:
			pause = shortest
			clients.Go(func() { handle(ctx, conn, l) })
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			log.Printf("%v; trying again in %v", err, pause)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, longest)
		default:
			return err
		}
	}
}

const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

func handle(ctx context.Context, conn net.Conn, l limits) {
	defer conn.Close()
	if err := converse(ctx, conn, l); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

func converse(ctx context.Context, conn net.Conn, l limits) error {
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	t := &talk{conn: conn, raw: raw, l: l, end: time.Now().Add(l.total)}
	defer context.AfterFunc(ctx, t.interrupt)()
	err = t.all()
	if ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

type talk struct {
	conn net.Conn
	raw  syscall.RawConn
	l    limits
	end  time.Time
	buf  [maxLine]byte
	n    int

	sync.Mutex
	over bool
}

func (t *talk) interrupt() {
	t.Lock()
	defer t.Unlock()
	t.over = true
	t.conn.SetDeadline(time.Unix(1, 0))
}

func (t *talk) within(d time.Duration) {
	until := time.Now().Add(d)
	if t.end.Before(until) {
		until = t.end
	}
	t.Lock()
	defer t.Unlock()
	if !t.over {
		t.conn.SetDeadline(until)
	}
}

func (t *talk) why(err, limit error) error {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if time.Now().Before(t.end) {
		return limit
	}
	return errTotal
}

func (t *talk) more() error {
	var n int
	var failure error
	err := t.raw.Read(func(fd uintptr) bool {
		for {
			n, failure = syscall.Read(int(fd), t.buf[t.n:])
			if failure != syscall.EINTR {
				return failure != syscall.EAGAIN
			}
		}
	})
	switch {
	case err != nil:
		return err
	case failure != nil:
		return os.NewSyscallError("read", failure)
	case n == 0:
		return io.EOF
	}
	t.n += n
	return nil
}

func (t *talk) say(text string) error {
	t.within(t.l.request)
	rest := []byte(text + "\n")
	var failure error
	err := t.raw.Write(func(fd uintptr) bool {
		for len(rest) > 0 {
			var n int
			n, failure = syscall.Write(int(fd), rest)
			switch {
			case failure == syscall.EAGAIN:
				return false
			case failure == syscall.EINTR:
			case failure != nil:
				return true
			default:
				rest = rest[n:]
			}
		}
		return true
	})
	if err == nil && failure != nil {
		err = os.NewSyscallError("write", failure)
	}
	return t.why(err, errUnread)
}

func (t *talk) drop(n int) {
	t.n = copy(t.buf[:], t.buf[n:t.n])
}

func (t *talk) all() error {
	for {
		if t.n == 0 {
			t.within(t.l.idle)
			if err := t.more(); err == io.EOF {
				return nil
			} else if err != nil {
				return t.why(err, errIdle)
			}
		}
		t.within(t.l.request)
		i := bytes.IndexByte(t.buf[:t.n], '\n')
		var err error
		for i < 0 && t.n < maxLine && err == nil {
			err = t.more()
			i = bytes.IndexByte(t.buf[:t.n], '\n')
		}
		err = t.why(err, errRequest)
		switch {
		case i >= 0:
			text := answer(string(t.buf[:i]))
			t.drop(i + 1)
			err = t.say(text)
		case t.n == maxLine:
			t.say("ERR line too long")
			return errTooLong
		case err == errRequest:
			if err = t.say("ERR timeout"); err == nil {
				err = t.pass()
			}
			if err == io.EOF {
				return nil
			}
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
}

func (t *talk) pass() error {
	t.within(t.l.request)
	for {
		t.n = 0
		if err := t.more(); err != nil {
			return t.why(err, errRequest)
		}
		if i := bytes.IndexByte(t.buf[:t.n], '\n'); i >= 0 {
			t.drop(i + 1)
			return nil
		}
	}
}

func ask(ctx context.Context, addr, word string,
	timeout time.Duration) (string, error) {
	until := time.Now().Add(timeout)
	dialer := net.Dialer{Deadline: until}
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	var text []byte
	if err == nil {
		defer conn.Close()
		conn.SetDeadline(until)
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		_, err = conn.Write([]byte("upper " + word + "\n"))
		text, err = line(conn)
	}
	switch {
	case ctx.Err() != nil:
		return "", errInterrupted
	case err != nil:
		return "", err
	case bytes.HasPrefix(text, []byte("ERR ")):
		return "", errors.New(string(text))
	}
	return string(text), nil
}

func line(r io.Reader) ([]byte, error) {
	buf := make([]byte, maxLine)
	for n := 0; n < len(buf); {
		m, err := r.Read(buf[n:])
		if i := bytes.IndexByte(buf[n:n+m], '\n'); i >= 0 {
			return buf[:n+i], nil
		}
		n += m
		if err == io.EOF {
			return nil, io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errTooLong
}

func status(err error) int {
	var failure net.Error
	if errors.As(err, &failure) && failure.Timeout() {
		return 3
	}
	return 1
}
