// Lined answers lines, and waits for nothing without a time limit.
//
//	lined [-listen ADDR] [-idle D] [-request D] [-total D]
//	lined -ask ADDR [-timeout D] WORD
//
// The first form serves. It prints "listening on ADDR" once it can be reached,
// and runs until it is interrupted. A request is a line, "upper WORD", and its
// answer is the word in capitals, as a line; any other line is answered with
// one that begins with "ERR ". The three limits are those of one connection:
// -idle of the silence before a request, -request of a request from its first
// byte to its newline, and -total of all of it.
//
// The second form asks the server at ADDR for WORD, prints the answer, and
// exits with status 0. All of that may take the time -timeout: when it is over
// the status is 3. Any other failure is status 1, and wrong use is status 2.
//
// This file is the only one you edit.
// Read chapters/10-deadlines.md first, up to and including "The exercise".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
	// TODO: delete the next line, write converse, ask and status below, and run
	// the grader. You may add functions and types, and imports: bufio, io.
	notWritten()

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

// converse answers the requests on conn, in order. It returns nil when the
// stream ends between two of them or in the rest of a late one, errInterrupted
// soon after ctx is done, one of the other errors above when that is why no
// more is to be said, and otherwise the error of conn, a Write's as well. The
// caller closes conn. Then nothing holds conn any more, ctx included.
func converse(ctx context.Context, conn net.Conn, l limits) error {
	// TODO: write it.
	return nil
}

// ask returns the answer of the server at addr to "upper WORD", byte for byte,
// less its newline. All of it takes at most the time timeout; then the error is
// a timeout, as status knows it. It is errInterrupted soon after ctx is done,
// io.ErrUnexpectedEOF when the stream ended before the answer did, and all of
// the answer where that begins with "ERR ".
func ask(ctx context.Context, addr, word string,
	timeout time.Duration) (string, error) {
	// TODO: write it.
	return "", nil
}

// status returns the exit status for an error: 3 when a time limit was over,
// ours or the kernel's, and otherwise 1.
func status(err error) int {
	// TODO: write it.
	return 1
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
