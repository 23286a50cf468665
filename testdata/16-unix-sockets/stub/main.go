//go:build linux

// Agentd keeps secrets, and reads files that are handed to it, for programs of
// the same machine.
//
//	agentd [-listen unix:PATH|unixpacket:PATH] [-mode MODE]
//
// It makes a Unix socket at PATH, of type SOCK_STREAM or SOCK_SEQPACKET, whose
// file has MODE from its first moment, and prints "listening on" and what
// -listen says. A command is a line, or a message: who, sum, put, get. On
// SIGINT or SIGTERM it removes its socket and ends with status 0.
//
// While it runs it holds the lock of the file PATH.lock, which stays. When
// another program has that lock, or listens at PATH, it ends with status 1 and
// changes nothing. A socket on which no program listens is replaced; anything else
// at PATH is left alone.
//
// This file is the only one you edit. server.go, secrets.go and accept.go are given.
// Read chapters/16-unix-sockets.md first, up to and including "The exercise".
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func main() {
	// TODO: delete the next line, write the functions below, and run the grader.
	// You may add others, and imports.
	notWritten()

	listen := flag.String("listen", "unix:agentd.sock", "`address` to listen on: unix:PATH or unixpacket:PATH")
	mode := flag.String("mode", "0600", "`mode` of the socket's file, in octal")
	flag.Parse()
	bits, err := strconv.ParseUint(*mode, 8, 9)
	network, path, _ := strings.Cut(*listen, ":")
	if err != nil || path == "" || network != "unix" && network != "unixpacket" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(network, path, fs.FileMode(bits)); err != nil {
		fmt.Fprintln(os.Stderr, "agentd:", err)
		os.Exit(1)
	}
}

// Bounds of what one client can make the server hold.
const (
	maxPath    = 107      // bytes of a socket's path
	maxCommand = 4096     // bytes of a command, its newline included
	maxFile    = 16 << 20 // bytes that are read from a descriptor
	maxWaiting = 16       // descriptors of one client that wait for their sum
)

// run serves clients at path until SIGINT or SIGTERM, or until accepting fails.
// It prints the announcement once it listens.
func run(network, path string, mode fs.FileMode) error {
	// TODO: write it. server.serve is given.
	return errors.ErrUnsupported
}

// A door is a listener, and what it has in the file system.
type door struct {
	ln *net.UnixListener

	// TODO: add what close must know.
}

// open takes the lock of path, and listens there with a socket whose file has
// mode from its first moment. A stale socket is removed before. Its error says
// why that cannot be; then nothing has changed but the lock's file.
func open(network, path string, mode fs.FileMode) (*door, error) {
	// TODO: write it.
	return nil, errors.ErrUnsupported
}

// close stops listening, removes the socket's file if it is still the one that
// open has made, and then gives the lock back. The lock's file stays.
func (d *door) close() {
	// TODO: write it.
}

// credentials returns what the kernel noted of the process that connected,
// when it connected.
func credentials(conn *net.UnixConn) (*unix.Ucred, error) {
	// TODO: write it.
	return nil, errors.ErrUnsupported
}

// A client is one connection: what has come on it, and was not used yet.
type client struct {
	conn    *net.UnixConn
	packets bool // a command is a message, not a line

	// TODO: add the bytes and the descriptors that wait.
}

// close closes the connection and every descriptor that still waits.
func (c *client) close() {
	// TODO: write it.
	c.conn.Close()
}

// Errors of next, besides those of the connection.
var (
	errLong = errors.New("a command is too long")
	errMany = errors.New("too many descriptors")
)

// next waits for a command and returns it without its newline: a line, or a
// message. The descriptors that come meanwhile wait in c, in order. errLong
// says that a command is longer than maxCommand; of a message the rest is gone
// then, and the next one may follow. errMany says that more descriptors wait
// than maxWaiting.
func (c *client) next() (string, error) {
	// TODO: write it.
	return "", errors.ErrUnsupported
}

// sum reads the descriptor that has waited longest to its end, closes it, and
// returns the reply: how many bytes there were and their SHA-256, or one of
// the errors of secrets.go. It waits for what comes, with O_NONBLOCK and without:
// the client may set that flag at any time.
func (c *client) sum() string {
	// TODO: write it.
	return errNoDescriptor
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
