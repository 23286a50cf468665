// This server puts its record after all that has come. After a question of dig
// there is more: EDNS.
//
// Caught by: 57-a-name-for-dig (wrong-bytes).
package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"
)

const usage = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."

const (
	tries       = 3
	maxDatagram = 65527 // over IPv6; over IPv4 it is 65,507
)

func main() {
	listen := flag.String("listen", "", "serve at this `address`")
	timeout := flag.Duration("timeout", time.Second, "ask again after this")
	name := flag.String("name", "", "answer questions of the DNS for `NAME=ADDR`")
	flag.Parse()
	var err error
	switch {
	case *listen != "" && flag.NArg() == 0 && *name == "":
		err = run(*listen, echo)
	case *listen != "" && flag.NArg() == 0:
		var h host
		if h, err = parseHost(*name); err == nil {
			err = run(*listen, h.answer)
		}
	case *listen == "" && *name == "" && flag.NArg() >= 2:
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
func run(addr string, answer answer) error {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	return serve(conn, answer)
}

// An answer returns what is sent back for a datagram, nil and false when
// nothing is.
type answer func(datagram []byte) ([]byte, bool)

func echo(datagram []byte) ([]byte, bool) { return datagram, true }

// A host is a name and its address: all that this server knows of the DNS (RFC
// 1035 §4.1).
type host struct {
	name string // as in a question: each label after its length, a zero at the end
	addr netip.Addr
}

func parseHost(s string) (h host, err error) {
	name, addr, ok := strings.Cut(s, "=")
	if !ok {
		return h, fmt.Errorf("-name %s: write NAME=ADDR", s)
	}
	for label := range strings.SplitSeq(name, ".") {
		if len(label) == 0 || len(label) > 63 {
			return h, fmt.Errorf("-name %s: a label has 1 to 63 bytes", s)
		}
		h.name += string(rune(len(label))) + label
	}
	h.name += "\x00"
	h.addr, err = netip.ParseAddr(addr)
	if err == nil && !h.addr.Is4() {
		err = fmt.Errorf("-name %s: not an IPv4 address", s)
	}
	return h, err
}

const (
	headerLen  = 12
	typeA      = 1
	classIN    = 1
	noSuchName = 3
	ttl        = 60
)

// answer answers a question for an address. What is no question, or not in good
// order, is not answered: least of all an answer.
func (h host) answer(q []byte) ([]byte, bool) {
	u16, put16 := binary.BigEndian.Uint16, binary.BigEndian.AppendUint16
	if len(q) < headerLen || q[2]&0x80 != 0 || u16(q[4:]) != 1 {
		return nil, false
	}
	end := headerLen + nameLen(q[headerLen:])
	if end == headerLen || len(q) < end+4 {
		return nil, false
	}
	reply := slices.Clone(q)
	reply[2] = q[2]&0x79 | 0x84 // an answer, with authority; opcode and RD as they were
	reply[3] = 0
	copy(reply[6:], make([]byte, 6)) // no records so far
	switch {
	case !strings.EqualFold(string(q[headerLen:end]), h.name):
		reply[3] = noSuchName
	case u16(q[end:]) == typeA && u16(q[end+2:]) == classIN:
		reply[7] = 1
		reply = put16(reply, 0xc000|headerLen) // the name is the one at byte 12
		reply = put16(put16(reply, typeA), classIN)
		reply = binary.BigEndian.AppendUint32(reply, ttl)
		reply = append(put16(reply, 4), h.addr.AsSlice()...)
	}
	return reply, true
}

// nameLen returns how long the name at the beginning of b is, 0 when there is
// none.
func nameLen(b []byte) int {
	for i := 0; i < len(b) && b[i] < 64; i += 1 + int(b[i]) {
		if b[i] == 0 {
			return i + 1
		}
	}
	return 0
}

// serve sends the answer to every datagram to its sender.
func serve(conn net.PacketConn, answer answer) error {
	buf := make([]byte, maxDatagram)
	for {
		n, peer, err := conn.ReadFrom(buf)
		if err != nil {
			return err
		}
		reply, ok := answer(buf[:n])
		if !ok {
			continue
		}
		if _, err := conn.WriteTo(reply, peer); err != nil {
			log.Println(peer, err) // the next datagram is another sender's
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

// question asks for one word, up to three times, and returns the answer.
func question(conn net.Conn, word string, wait time.Duration) (string, error) {
	id := fmt.Sprintf("%08x ", rand.Uint32())
	for range tries {
		if _, err := conn.Write([]byte(id + word)); err != nil {
			return "", err
		}
		answer, err := await(conn, id, wait)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return answer, err
		}
	}
	return "", fmt.Errorf("no answer after %d tries", tries)
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
