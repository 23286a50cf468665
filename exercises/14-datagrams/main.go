// Echo-udp is an echo server for datagrams, and a client that asks again when
// no answer comes.
//
//	echo-udp -listen ADDR                   serve
//	echo-udp [-timeout D] ADDR WORD...      ask
//
// The server prints "listening on ADDR" once it can be reached. It sends every
// datagram back to its sender, and keeps nothing about anybody.
//
// The client asks one question for each WORD, one after another, from one
// socket. A question is a datagram "ID WORD": ID is a word of the client's own
// choice, a new one for each question and the same one for each try; WORD is
// sent as it is, and may be empty or have spaces in it. The answer is a
// datagram from ADDR that begins with ID and a space; what follows is printed,
// byte for byte, and then a newline. When D, 1s if not given, has passed since
// it asked, the client asks again, whatever else has come meanwhile: three
// times in all, with a wait of D after each.
//
// The client exits with status 0 when all is answered. At the first question
// that fails it exits with status 1 and a line on standard error: at once where
// nobody listens, without asking again, otherwise after the third wait. Used
// wrongly, with -listen and words for example, the program exits with status 2.
//
// This file is the only one you edit.
// Read chapters/14-datagrams.md first: it builds the program step by step.
// Scenarios 01 to 12, 33 to 35 and 37 are about the server, 25 is about both,
// and all others are about the client.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"time"
)

const usage = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."

const (
	tries       = 3
	maxDatagram = 65507 // what one UDP datagram carries over IPv4
)

func main() {
	// TODO: delete the next line, write run and serve, and run the grader.
	// Then write ask, question and await.
	notWritten()

	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0:
		err = run(*listen)
	case *listen == "" && flag.NArg() >= 2:
		err = ask(flag.Arg(0), flag.Args()[1:], *timeout)
	default:
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo-udp:", err)
		os.Exit(1)
	}
}

// run serves at addr.
func run(addr string) error {
	// TODO:
	//  1. Open a UDP socket at addr with net.ListenPacket. Return the error
	//     if that fails; otherwise make sure that it is closed in the end.
	//  2. Print "listening on ADDR" and a newline on standard output, with the
	//     socket's own address: addr may have asked for port 0.
	//  3. Call serve, and return what it returns.
	return nil
}

// serve sends every datagram back to its sender.
func serve(conn net.PacketConn) error {
	// TODO: make a buffer that holds any datagram, then again and again
	//  1. read a datagram and its sender's address; an empty one counts, too;
	//  2. write those bytes, and no others, as one datagram to that address.
	//     Whether that fails is between us and this sender: log it, go on.
	return nil
}

// ask asks the server at addr for each word and prints the answers.
func ask(addr string, words []string, timeout time.Duration) error {
	// TODO:
	//  1. Dial addr over UDP: a connected socket hears nobody else, and
	//     learns it when nobody listens there. See that it is closed.
	//  2. For each word in turn, call question and print its answer and a
	//     newline. Stop at the first error, and return it.
	return nil
}

// question asks for one word, up to three times, and returns the answer.
func question(conn net.Conn, word string, wait time.Duration) (string, error) {
	// TODO:
	//  1. Make an id that no other question has, without blanks.
	//  2. Up to three times: send the id, a space and the word as one
	//     datagram, and call await. When its error is that the deadline is
	//     over (os.ErrDeadlineExceeded), try again; return all else.
	//  3. After the last try return an error that says so.
	return "", nil
}

// await waits for the answer to the question with this id, and passes over all
// other datagrams.
func await(conn net.Conn, id string, wait time.Duration) (string, error) {
	// TODO:
	//  1. Set one deadline for the whole wait.
	//  2. Read datagrams until one begins with the id and a space, and return
	//     what follows. Any error of Read ends the wait.
	return "", nil
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
