// Belief: a time has room for five seconds more.
//
// Besides the deadlines there is a timer, of -linger and five seconds. Where
// -linger is the longest Duration, for "never", the sum overflows: it is negative,
// and the timer fires at once.
//
// Caught by: 15-sends-before-it-reads (reset).
package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	var s service
	flag.Int64Var(&s.limit, "limit", 1<<20, "`bytes` that an upload may have")
	flag.DurationVar(&s.linger, "linger", 30*time.Second, "`time` for a client to read its refusal")
	flag.Parse()
	if flag.NArg() > 0 || s.limit < 0 || s.limit > mostLimit || s.linger <= 0 {
		fmt.Fprintln(os.Stderr, "usage: sumd [-listen ADDR] [-limit N] [-linger D], N from 0 to 2^40, D above 0")
		os.Exit(2)
	}
	if err := s.run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "sumd:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func (s service) run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	return s.serve(ln)
}

// serve gives each client of ln a goroutine of its own.
func (s service) serve(ln net.Listener) error {
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
		go s.handle(conn.(*net.TCPConn))
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

// A service is what the flags say.
type service struct {
	limit  int64         // how many bytes an upload may have
	linger time.Duration // how long a client has for its refusal
}

// Bounds of what a client may make the program do.
const (
	mostLimit = 1 << 40  // the largest limit
	mostDrain = 16 << 20 // how much is read after a refusal, and thrown away
)

// errTooLarge says that an upload has more bytes than the limit.
var errTooLarge = errors.New("upload too large")

// handle serves one client, and closes conn. An upload that was read to its end
// is answered, one that is too large is refused. What fails is one line in the
// log, with the client's address and the error: an upload that was reset, for
// example, which gets no answer.
func (s service) handle(conn *net.TCPConn) {
	defer conn.Close()
	answer, err := digest(conn, s.limit)
	switch {
	case err == nil:
		_, err = io.WriteString(conn, answer)
	case errors.Is(err, errTooLarge):
		err = s.refuse(conn)
	}
	if err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// digest reads r to its end, and returns the answer: how many bytes there were,
// a space, their SHA-256 in hexadecimal, and a newline. It keeps none of them.
// Once it has read more than limit bytes it returns errTooLarge. Other errors
// are those of r.
func digest(r io.Reader, limit int64) (string, error) {
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(r, limit+1))
	if err != nil {
		return "", err
	}
	if n > limit {
		return "", errTooLarge
	}
	return fmt.Sprintf("%d %x\n", n, hash.Sum(nil)), nil
}

// refuse sends the refusal, and after it a FIN. At the same time it reads what
// still comes, and throws it away. It returns when the client's stream has
// ended and the refusal is written, when the connection has failed, when
// mostDrain bytes have been read, or when s.linger has passed.
func (s service) refuse(conn *net.TCPConn) error {
	conn.SetDeadline(time.Now().Add(s.linger))
	// A deadline that was lost somewhere must not keep a connection forever.
	backstop := time.AfterFunc(s.linger+5*time.Second, func() { conn.Close() })
	defer backstop.Stop()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		if _, err := io.CopyN(io.Discard, conn, mostDrain); err == nil {
			conn.Close() // it has no end; a write that still waits fails now
		}
	}()
	_, err := conn.Write(refusal(s.limit))
	if err == nil {
		err = conn.CloseWrite()
	}
	<-drained
	return err
}

// refusal returns what a client gets whose upload has more than limit bytes: a
// line that says so, and 1 MiB of numbered lines, so that it is seen when some
// of it is lost.
func refusal(limit int64) []byte {
	text := fmt.Appendf(nil, "ERR more than %d bytes\n", limit)
	for i := range 1 << 16 {
		text = fmt.Appendf(text, "%07d padding\n", i+1)
	}
	return text
}
