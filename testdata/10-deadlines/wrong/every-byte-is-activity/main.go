// Belief: a client that sends is not silent, so its time starts again.
//
// Caught by: 10-drip (silence).
package main

import (
	"bufio"
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
	errTooLong     = errors.New("too long a line") // whatever becomes of the answer to it
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
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	r := bufio.NewReaderSize(conn, maxLine)
	t := &talk{conn, r, l, time.Now().Add(l.total)}
	for {
		err := t.exchange()
		switch {
		case ctx.Err() != nil:
			return errInterrupted
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

type talk struct {
	net.Conn
	r *bufio.Reader
	limits
	end time.Time
}

func (t *talk) within(d time.Duration) {
	until := time.Now().Add(d)
	if until.After(t.end) {
		until = t.end
	}
	t.SetDeadline(until)
}

func (t *talk) cause(err, limit error) error {
	switch {
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case time.Now().Before(t.end):
		return limit
	}
	return errTotal
}

func (t *talk) exchange() error {
	t.within(t.idle)
	if _, err := t.r.Peek(1); err != nil {
		return t.cause(err, errIdle)
	}
	line, err := t.line()
	switch err = t.cause(err, errRequest); err {
	case nil:
		return t.reply(answer(string(line[:len(line)-1])))
	case errRequest:
		if err := t.reply("ERR timeout"); err != nil {
			return err
		}
		return t.skip()
	case bufio.ErrBufferFull:
		return errors.Join(errTooLong, t.reply("ERR line too long"))
	case io.EOF:
		return io.ErrUnexpectedEOF
	}
	return err
}

func (t *talk) line() (line []byte, err error) {
	for len(line) < maxLine {
		t.within(t.request)
		b, err := t.r.ReadByte()
		if err != nil {
			return nil, err
		}
		if line = append(line, b); b == '\n' {
			return line, nil
		}
	}
	return nil, bufio.ErrBufferFull
}

func (t *talk) reply(text string) error {
	t.within(t.request)
	_, err := io.WriteString(t, text+"\n")
	return t.cause(err, errUnread)
}

func (t *talk) skip() error {
	t.within(t.request)
	for {
		if _, err := t.r.ReadSlice('\n'); err != bufio.ErrBufferFull {
			return t.cause(err, errRequest)
		}
	}
}

func ask(ctx context.Context, addr, word string,
	timeout time.Duration) (string, error) {
	within, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text := ""
	conn, err := new(net.Dialer).DialContext(within, "tcp", addr)
	if err == nil {
		defer conn.Close()
		past := time.Unix(1, 0)
		defer context.AfterFunc(within, func() { conn.SetDeadline(past) })()
		text, err = request(conn, word)
	}
	if ctx.Err() != nil {
		return "", errInterrupted
	}
	return text, err
}

func request(conn net.Conn, word string) (string, error) {
	fmt.Fprintf(conn, "upper %s\n", word)
	r := bufio.NewReaderSize(conn, maxLine)
	line, err := r.ReadSlice('\n')
	if err == io.EOF {
		return "", io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(string(line), "\n")
	if strings.HasPrefix(text, "ERR ") {
		return "", errors.New(text)
	}
	return text, nil
}

func status(err error) int {
	var failure net.Error
	if errors.As(err, &failure) && failure.Timeout() {
		return 3
	}
	return 1
}
