// Belief: defer comes last of all, so a buffer that it gives back has been written by then.
//
// It comes at the end of its own function, which only fills the buffer. While Write waits for a client that does not
// read, the next reply is put into the same place.
//
// Caught by: 50-as-it-was (wrong-bytes).
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	grace := flag.Duration("grace", 10*time.Second, "for how `long` commands may be finished after a signal")
	flag.Parse()
	if *grace < 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, *grace); err != nil {
		fmt.Fprintln(os.Stderr, "drained:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until the first SIGINT or SIGTERM, or
// until accepting fails. After the signal it stops as the program promises.
func run(addr string, grace time.Duration) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	s := &server{clients: map[*client]bool{}}
	failed := make(chan error, 1)
	go func() { failed <- s.serve(ln) }()
	fmt.Println("listening on", ln.Addr())
	select {
	case err := <-failed:
		return err
	case <-signals:
	}
	go exitOn(signals)
	ln.Close()
	s.stop(grace)
	s.handlers.Wait()
	fmt.Fprintf(os.Stderr, lastLine, s.finished, s.cut)
	return nil
}

// lastLine is what the program says last, of its clients.
const lastLine = "drained: %d finished, %d cut off\n"

// exitOn ends the program when one more signal comes.
func exitOn(signals <-chan os.Signal) {
	<-signals
	os.Exit(1)
}

// A server serves its clients until it is stopped.
type server struct {
	store    store
	handlers sync.WaitGroup // one for each of clients

	mu            sync.Mutex // guards what follows, and busy of each client
	clients       map[*client]bool
	stopping      bool
	finished, cut int // clients that were busy when the signal came
}

// A client is busy from the first byte of a command to the last of its reply.
type client struct {
	*net.TCPConn
	busy bool
}

// serve gives each client of ln a goroutine of its own, until ln is closed.
func (s *server) serve(ln net.Listener) error {
	for {
		conn, err := accept(ln)
		if err != nil {
			return err
		}
		c := &client{TCPConn: conn.(*net.TCPConn)}
		if !s.enter(c) {
			c.Close() // it was accepted just before the listener was closed
			continue
		}
		go s.handle(c)
	}
}

// enter adds c to the clients, unless the server is stopping.
func (s *server) enter(c *client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.clients[c] = true
	s.handlers.Add(1) // before stop, and so before Wait
	return true
}

// handle serves one client, to its end or to that of the server.
func (s *server) handle(c *client) {
	defer s.leave(c)
	r := bufio.NewReader(c)
	for s.begin(c, r) {
		err := s.answer(c, r)
		last := s.end(c, err)
		if err != nil {
			log.Println(c.RemoteAddr(), err)
			return
		}
		if last {
			linger(c)
			return
		}
	}
}

// leave closes c and takes it from the clients.
func (s *server) leave(c *client) {
	c.Close()
	s.mu.Lock()
	delete(s.clients, c)
	s.mu.Unlock()
	s.handlers.Done()
}

// begin waits for the first byte of a command and marks c as busy. It returns
// false when there is no next command.
func (s *server) begin(c *client, r *bufio.Reader) bool {
	if _, err := r.Peek(1); err != nil {
		return false // c has ended between two commands, or stop has closed it
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.busy = !s.stopping
	return c.busy
}

// answer reads a command, carries it out and sends the reply.
func (s *server) answer(c *client, r *bufio.Reader) error {
	args, err := readCommand(r)
	if errors.Is(err, errProtocol) {
		io.WriteString(c, protocolError) // when it fails, c has gone
	}
	if err != nil {
		return err
	}
	_, err = c.Write(reply(s.store.do(args)))
	return err
}

// replies are buffers that were used before.
var replies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// reply returns text as bytes, without a new slice for each.
func reply(text string) []byte {
	b := replies.Get().(*bytes.Buffer)
	defer replies.Put(b)
	b.Reset()
	b.WriteString(text)
	return b.Bytes()
}

// end marks c as idle, and reports whether that was its last command. It counts
// the clients that were busy when the signal came.
func (s *server) end(c *client, err error) (last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.busy = false
	switch {
	case !s.stopping:
		return false
	case err == nil:
		s.finished++
	case errors.Is(err, os.ErrDeadlineExceeded):
		s.cut++
	}
	return true
}

// linger sends a FIN to c and reads what c still sends, until the FIN of c or
// the deadline. To close while bytes are unread would be a reset, and a reset
// may overtake the reply.
func linger(c *client) {
	c.CloseWrite()
	io.Copy(io.Discard, c)
}

// stop ends the connections of idle clients. The others get until grace is
// over.
func (s *server) stop(grace time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
	for c := range s.clients {
		if c.busy {
			c.SetDeadline(time.Now().Add(grace))
		} else {
			c.Close()
		}
	}
}
