// Kvd keeps values under keys. It speaks a part of RESP, the protocol of Redis.
//
//	kvd [-listen ADDR]
//
// It prints "listening on ADDR" once it can be reached, serves all its clients
// at the same time, and runs until it is stopped. Its commands are PING, ECHO,
// SET, GET and DEL. Keys and values are any bytes. What is not RESP, or beyond
// the bounds of a command, is a protocol error: it ends the connection.
//
// This file is the only one you edit.
// Read chapters/08-framing.md first, up to and including "The exercise".
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

func main() {
	// TODO: delete the next line, write the five functions below, and run the
	// grader. You may add others, and imports: io, strconv and strings, perhaps.
	notWritten()

	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	flag.Parse()
	if err := run(*listen); err != nil {
		fmt.Fprintln(os.Stderr, "kvd:", err)
		os.Exit(1)
	}
}

// run listens on addr and serves clients until accepting fails.
func run(addr string) error {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	defer ln.Close()
	fmt.Println("listening on", ln.Addr())
	s := &store{values: map[string]string{}}
	return s.serve(ln)
}

// serve gives each client of ln a goroutine of its own.
func (s *store) serve(ln net.Listener) error {
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
		go s.handle(conn)
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

// A store holds the values. All clients share it.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

// handle serves one client and closes conn.
func (s *store) handle(conn net.Conn) {
	defer conn.Close()
	if err := s.converse(conn); err != nil {
		log.Println(conn.RemoteAddr(), err)
	}
}

// converse reads commands from conn, carries each out when all of it has come,
// and then sends the reply, in order: all replies before it waits for more. It
// returns nil when the stream ends between two commands; after a protocol error
// that error, which it has sent as "-ERR Protocol error", CR and LF; any other
// error without a reply.
func (s *store) converse(conn net.Conn) error {
	// TODO: write it.
	return nil
}

// Bounds of one command; RESP itself sets none.
const (
	maxArgs    = 1024    // words of a command
	maxBulk    = 1 << 20 // bytes of a word
	maxCommand = 2 << 20 // bytes of all words of a command
)

// errProtocol says that a message is not what RESP allows.
var errProtocol = errors.New("protocol error")

// readCommand returns the words of the next command: from 1 to maxArgs, of
// maxCommand bytes in all. Its error wraps errProtocol when what came is no
// such command, and is that of r, perhaps io.EOF, when r fails or ends before
// the command does.
func readCommand(r *bufio.Reader) ([]string, error) {
	// TODO: write it.
	return nil, nil
}

// readBulk returns what is in the next bulk string, at most that many bytes.
// For a length that is not allowed it sets nothing aside. Errors are those of
// readCommand.
func readBulk(r *bufio.Reader, most int) (string, error) {
	// TODO: write it.
	return "", nil
}

// readLength returns the number, from least to most, in a line such as
// "$5\r\n". Of a line without an end it keeps some kilobytes. Errors are those
// of readCommand.
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	// TODO: write it.
	return 0, nil
}

// do carries out a command of one word or more and returns the whole reply.
// Many goroutines call it at the same time. Only what SET sets stays.
func (s *store) do(args []string) string {
	// TODO: write it: PING, ECHO, SET, GET and DEL, as the chapter says.
	return ""
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
