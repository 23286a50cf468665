// Belief: a reader that comes back from a conversation has nothing in it any more.
//
// A conversation ends with a reset, or with a mistake, before all is used that has come.
//
// Caught by: 51-what-is-left (wrong-bytes, or early-eof).
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

// isWord reports whether s is printable ASCII without spaces.
func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// answer returns the answer to a request, both without their newlines.
func answer(request string) string {
	if word, ok := strings.CutPrefix(request, "upper "); ok && isWord(word) {
		return strings.ToUpper(word)
	}
	return "ERR unknown request"
}

// maxLine is how many bytes a line may have, with its newline.
const maxLine = 4096

// limits are the time limits of each connection.
type limits struct {
	idle    time.Duration // of the silence before a request
	request time.Duration // from its first byte to its newline; again for a write of answers, and for a late one's rest
	total   time.Duration // of all of it
}

// Why a conversation was ended: the words of the log, and of the client.
var (
	errIdle        = errors.New("idle: no request came in time")
	errRequest     = errors.New("request: no newline came in time")
	errUnread      = errors.New("unread: an answer was not taken in time")
	errTotal       = errors.New("total: the connection has lasted long enough")
	errTooLong     = errors.New("too long a line") // whatever becomes of the answer to it
	errInterrupted = errors.New("interrupted")
)

// run listens on addr and serves clients until ctx is done.
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

// serve gives each client of ln a goroutine of its own, until ctx is done. Then
// it waits for all of them.
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
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE): // others will be closed
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

// How long serve waits when there is no descriptor: a little longer each time.
const (
	shortest = 5 * time.Millisecond
	longest  = time.Second
)

// handle serves one client and closes conn.
func handle(ctx context.Context, conn net.Conn, l limits) {
	defer conn.Close()
	if err := converse(ctx, conn, l); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// source is where a reader's bytes come from.
type source struct{ conn net.Conn }

func (s *source) Read(p []byte) (int, error) { return s.conn.Read(p) }

// lent is a reader, and where its bytes come from.
type lent struct {
	*source
	r *bufio.Reader
}

// free are those that no conversation has.
var free = make(chan lent, 64)

// lend returns a free reader, or a new one.
func lend(conn net.Conn) lent {
	select {
	case one := <-free:
		one.conn = conn
		return one
	default:
		s := &source{conn}
		return lent{s, bufio.NewReaderSize(s, maxLine)}
	}
}

// giveBack makes a reader free.
func giveBack(one lent) {
	one.conn = nil
	select {
	case free <- one:
	default:
	}
}

// converse answers the requests on conn, in order. It returns nil when the
// stream ends between two of them or in the rest of a late one, errInterrupted
// soon after ctx is done, one of the other errors above when that is why no
// more is to be said, and otherwise the error of conn, a Write's as well. The
// caller closes conn. Then nothing holds conn any more, ctx included.
func converse(ctx context.Context, conn net.Conn, l limits) error {
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	one := lend(conn)
	defer giveBack(one)
	t := &talk{conn, one.r, l, time.Now().Add(l.total)}
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

// A talk is a conversation with one client.
type talk struct {
	net.Conn
	r *bufio.Reader
	limits
	end time.Time // when total is over
}

// within lets what follows on the connection take at most d from now, and no
// time beyond the end of the talk.
func (t *talk) within(d time.Duration) {
	until := time.Now().Add(d)
	if until.After(t.end) {
		until = t.end
	}
	t.SetDeadline(until)
}

// cause returns what err means: limit when the time given by within was over,
// or errTotal when that was the end of the talk.
func (t *talk) cause(err, limit error) error {
	switch {
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	case time.Now().Before(t.end):
		return limit
	}
	return errTotal
}

// exchange reads a request and answers it. Of one that is late it passes over
// the rest as well. Its error is io.EOF when the stream has ended before the
// first byte of a request, or in the rest of a late one.
func (t *talk) exchange() error {
	t.within(t.idle)
	if _, err := t.r.Peek(1); err != nil {
		return t.cause(err, errIdle)
	}
	t.within(t.request)
	line, err := t.r.ReadSlice('\n')
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

// reply sends a line.
func (t *talk) reply(text string) error {
	t.within(t.request)
	_, err := io.WriteString(t, text+"\n")
	return t.cause(err, errUnread)
}

// skip reads the rest of a line, which is not kept.
func (t *talk) skip() error {
	t.within(t.request)
	for {
		if _, err := t.r.ReadSlice('\n'); err != bufio.ErrBufferFull {
			return t.cause(err, errRequest)
		}
	}
}

// ask returns the answer of the server at addr to "upper WORD", byte for byte,
// less its newline. All of it takes at most the time timeout; then the error is
// a timeout, as status knows it. It is errInterrupted soon after ctx is done,
// io.ErrUnexpectedEOF when the stream ended before the answer did, and all of
// the answer where that begins with "ERR ".
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

// request sends a request and returns its answer.
func request(conn net.Conn, word string) (string, error) {
	fmt.Fprintf(conn, "upper %s\n", word) // the read fails as well
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

// status returns the exit status for an error: 3 when a time limit was over,
// ours or the kernel's, and otherwise 1.
func status(err error) int {
	var failure net.Error
	if errors.As(err, &failure) && failure.Timeout() {
		return 3
	}
	return 1
}
