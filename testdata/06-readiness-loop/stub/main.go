//go:build linux || darwin

// Echo-poll is an echo server that serves all its clients on one thread.
//
//	echo-poll [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached and runs until it is
// stopped. It asks the kernel which sockets are ready, does one thing for each
// of them, and asks again.
//
// This file is the only one you edit. Read chapters/06-readiness-loop.md first.
// socket.go and the poller are given; the types and run are written.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	// TODO: delete the next line when you begin.
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

// loop asks who is ready and does one thing for each of them.
func (s *server) loop() error {
	// TODO:
	//  1. wait for ready sockets, for ever; an error ends the server;
	//  2. for the listening socket, accept: an error ends the server, too;
	//  3. for any other, give its client one turn.
	return nil
}

// accept takes one client from the accept queue.
func (s *server) accept() error {
	// TODO:
	//  1. call unix.Accept: add "golang.org/x/sys/unix" to the imports. That
	//     the client has left the queue again (notNow, unix.ECONNABORTED) is no
	//     error;
	//  2. make the new socket close on exec, and non-blocking: what would
	//     happen to the loop if it were not?
	//  3. enter a client in s.clients and watch its socket for reading.
	return nil
}

// turn does one thing for a ready client, and ends its connection, and no
// other, when that fails or there is nothing left to do.
func (s *server) turn(c *client) {
	// TODO:
	//  1. call step. When it returns no error there is nothing more to do;
	//  2. otherwise log the error, unless it is io.EOF: add "log" to the
	//     imports;
	//  3. stop watching the socket, forget the client, close the socket.
}

// step does what a ready client is ready for: while it has output pending it
// is watched for writing, otherwise for reading.
func (s *server) step(c *client) error {
	// TODO:
	//  1. when output is pending, write that, and do nothing else;
	//  2. otherwise read once into s.buf[:]. No bytes yet (notNow) is no error;
	//     the end of the stream is io.EOF: add "io" to the imports;
	//  3. write what was read.
	return nil
}

// write gives the socket what it takes of data. What it does not take stays
// pending, and until that is gone the client is not read from.
func (s *server) write(c *client, data []byte) error {
	// TODO:
	//  1. write once. That the socket has no room at all (notNow) is no error;
	//  2. keep what was not taken in c.pending. s.buf will be overwritten by
	//     the next client: what must be kept longer has to be copied;
	//  3. when output has become pending, watch for writing; when the last of
	//     it has gone, watch for reading again.
	return nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
