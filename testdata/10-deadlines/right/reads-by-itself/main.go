// There is no bufio: what a Read brings is added to a slice, and lines are cut from its beginning. An interrupt
// sets a deadline in the past, under a lock, after which no other is set.
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
	c := &client{conn: conn, end: time.Now().Add(l.total)}
	defer context.AfterFunc(ctx, c.interrupt)()
	var have []byte
	late := false
	c.allow(l.idle)
	for {
		if line, rest, whole := strings.Cut(string(have), "\n"); whole && len(line) < maxLine {
			have = []byte(rest)
			if late {
				late = false
			} else if err := c.say(answer(line), l.request); err != nil {
				return err
			}
			c.allow(l.idle)
			if len(have) > 0 {
				c.allow(l.request)
			}
			continue
		} else if late {
			have = have[:0]
		} else if whole || len(have) >= maxLine {
			c.say("ERR line too long", l.request)
			return errTooLong
		}
		buf := make([]byte, 1024)
		n, err := conn.Read(buf)
		if n > 0 && len(have) == 0 && !late {
			c.allow(l.request)
		}
		have = append(have, buf[:n]...)
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return errInterrupted
		case err == io.EOF && len(have) == 0:
			return nil
		case err == io.EOF:
			return io.ErrUnexpectedEOF
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return err
		case !time.Now().Before(c.end):
			return errTotal
		case late:
			return errRequest
		case len(have) == 0:
			return errIdle
		default:
			if err := c.say("ERR timeout", l.request); err != nil {
				return err
			}
			have, late = nil, true
			c.allow(l.request)
		}
	}
}

type client struct {
	conn net.Conn
	end  time.Time

	mu   sync.Mutex
	over bool
}

func (c *client) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.conn.SetDeadline(time.Unix(1, 0))
}

func (c *client) allow(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		until := time.Now().Add(d)
		if until.After(c.end) {
			until = c.end
		}
		c.conn.SetDeadline(until)
	}
}

func (c *client) say(text string, d time.Duration) error {
	c.allow(d)
	_, err := c.conn.Write([]byte(text + "\n"))
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		return nil
	case c.over:
		return errInterrupted
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case time.Now().Before(c.end):
		return errUnread
	}
	return errTotal
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
