// Belief: a server that does not answer in time is not there.
//
// One lost datagram, and the client reports a server that is well.
//
// Caught by: 16-never-answered (exited).
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"
)

const usage = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."

const maxDatagram = 65507

func main() {
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
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn)
}

// serve sends every datagram back to its sender.
func serve(conn net.PacketConn) error {
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		if _, err := conn.WriteTo(buf[:n], peer); err != nil {
			log.Println(peer, err) // the next datagram is somebody else's
		}
	}
}

// ask asks the server at addr for each word and prints the answers.
func ask(addr string, words []string, timeout time.Duration) error {
	conn, err := net.Dial("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, word := range words {
		answer, err := question(conn, word, timeout)
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

// question asks for one word and returns the answer.
func question(conn net.Conn, word string, wait time.Duration) (string, error) {
	id := fmt.Sprintf("%08x ", rand.Uint32())
	if _, err := conn.Write([]byte(id + word)); err != nil {
		return "", err
	}
	return await(conn, id, wait)
}

// await waits for the answer to the question with this id, and passes over all
// other datagrams.
func await(conn net.Conn, id string, wait time.Duration) (string, error) {
	buf := make([]byte, maxDatagram)
	conn.SetReadDeadline(time.Now().Add(wait))
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return "", err
		}
		if answer, ok := strings.CutPrefix(string(buf[:n]), id); ok {
			return answer, nil
		}
	}
}
