//go:build unix

// Echo-poll is an echo server that serves all its clients on one thread.
//
//	echo-poll [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached, and nothing else on
// standard output, and runs until it is stopped. It asks the kernel which
// sockets are ready, does one thing for each of them, and asks again.
//
// This file is the only one you edit.
// Read chapters/06-readiness-loop.md first, up to and including "The exercise".
// socket.go and the poller are given; the types and run are written.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	// TODO: delete the next line, write the five functions below, and run the
	// grader. You may add others, and imports: "golang.org/x/sys/unix" first.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "echo-poll:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until waiting or accepting fails.
func run(addr string) error {
	ln, bound, err := listenOn(addr)
	if err != nil {
		return err
	}
	poll, err := newPoller()
	if err != nil {
		return err
	}
	if err := poll.add(ln, toRead); err != nil {
		return err
	}
	fmt.Println("listening on", bound)
	s := &server{ln: ln, poll: poll, clients: map[int]*client{}}
	return s.loop()
}

// A server is the loop and all that it remembers from turn to turn.
type server struct {
	ln      int // the listening socket
	poll    *poller
	clients map[int]*client // by descriptor
	buf     [64 << 10]byte  // for every read; nothing stays in it
}

// A client is what the loop must remember of one connection.
type client struct {
	fd      int
	pending []byte // read from the client, and not yet taken by its socket
}

// loop waits until sockets are ready, serves each of them once (the listener by
// accept, a client by turn), and waits again. It returns an error of the poller
// or of accept, and never without one.
func (s *server) loop() error {
	// TODO: write it.
	return nil
}

// accept takes one client from the accept queue. Its socket is non-blocking and
// close-on-exec; it is among s.clients, and is watched for reading. That the
// client has left the queue again is no error.
func (s *server) accept() error {
	// TODO: write it.
	return nil
}

// turn makes one step for a client that is ready. When step returns an error
// the connection ends, and no other: its socket is not watched any more, and is
// closed, and the client is forgotten. The error is logged, but for io.EOF.
func (s *server) turn(c *client) {
	// TODO: write it.
}

// step writes once when output is pending for c; otherwise it reads once, and
// writes what has come. That there is nothing to be read now is no error. The
// end of the stream is io.EOF.
func (s *server) step(c *client) error {
	// TODO: write it.
	return nil
}

// write gives data to the socket of c, in one call. data is what is pending,
// or, when nothing is, a part of s.buf. What the socket does not take, which
// may be everything, is pending afterwards, in memory that no other client
// uses. While output is pending the socket is watched for writing alone, and
// otherwise for reading alone.
func (s *server) write(c *client, data []byte) error {
	// TODO: write it.
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
