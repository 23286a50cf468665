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
// Read chapters/08-framing.md first: it builds the program step by step.
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
	// TODO: delete the next line, write converse, readCommand, readBulk,
	// readLength and do, and run the grader. You will also want the flushing and
	// the bulk of the chapter, and the imports io, strconv and strings.
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

// converse answers commands until the end of the stream. After a message that
// makes no sense nobody knows where the next one begins: that is an end, too.
func (s *store) converse(conn net.Conn) error {
	// TODO:
	//  1. Make a bufio.Writer for the replies, and a bufio.Reader for the
	//     commands.
	//  2. Read a command, do it, write its reply, and again. A reply must be on
	//     its way before you wait for more bytes: who calls Flush, and when?
	//  3. After a protocol error send "-ERR Protocol error", CR and LF, and
	//     return. The end of the stream between two commands is no error.
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

// readCommand reads one command: an array of bulk strings.
func readCommand(r *bufio.Reader) ([]string, error) {
	// TODO: read the number of words, '*', from 1 to maxArgs, and then each word.
	// Together they have at most maxCommand bytes.
	return nil, nil
}

// readBulk reads a bulk string of at most that many bytes: its length, the
// bytes, and CR and LF.
func readBulk(r *bufio.Reader, most int) (string, error) {
	// TODO:
	//  1. Read the length, '$', from 0 to most.
	//  2. Read that many bytes, all of them, and two more, which must be CR
	//     and LF: if they are not, that is errProtocol.
	return "", nil
}

// readLength reads a line such as "$5\r\n": a mark, and a number in bounds.
func readLength(r *bufio.Reader, mark byte, least, most int) (int, error) {
	// TODO: return the number. least and most are allowed themselves. What is
	// anything else than the mark, digits, CR and LF is errProtocol. A line that
	// does not end must not fill the memory.
	return 0, nil
}

// do carries out a command and returns the reply.
func (s *store) do(args []string) string {
	// TODO:
	//  1. PING, ECHO word, SET key value, GET key, DEL key..., in capitals or not.
	//  2. Anything else, and any other number of words: "-ERR unknown command or
	//     wrong number of arguments", and nothing that the client has sent.
	//  3. Every client has a goroutine, and they all use one map.
	return ""
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
