// Belief: a request has a name and a mode, and five hundred bytes hold both.
//
// Of a request with 512 bytes, as many as it may have, the end is missing: it is refused.
//
// Caught by: 18-names (wrong-bytes).
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	blockSize = 512
	tries     = 5
)

// What a packet is, its first two bytes.
const (
	opRead uint16 = 1 + iota
	opWrite
	opData
	opAck
	opError
)

// A refusal is an error that the client is sent: its code and its message.
type refusal struct {
	code    uint16
	message string
}

func (r refusal) Error() string { return r.message }

var (
	noSuchFile     = refusal{1, "file not found"}
	notAllowed     = refusal{2, "access violation"}
	makesNoSense   = refusal{4, "illegal TFTP operation"}
	unknownPort    = refusal{5, "unknown transfer ID"}
	errNotAnswered = errors.New("no acknowledgement")
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	timeout := flag.Duration("timeout", time.Second, "send a block again after this `long`, at first")
	flag.Parse()
	if flag.NArg() != 1 || *timeout <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, flag.Arg(0), *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "tftpd:", err)
		os.Exit(1)
	}
}

// run opens dir and a UDP socket at addr, announces the socket's own address,
// and serves. It returns the error that ended it.
func run(addr, dir string, timeout time.Duration) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Println("listening on", conn.LocalAddr())
	s := &server{root: root, here: conn.LocalAddr().(*net.UDPAddr), timeout: timeout}
	return s.serve(conn.(*net.UDPConn))
}

// A server has what all transfers share.
type server struct {
	root    *os.Root
	here    *net.UDPAddr // where requests come in
	timeout time.Duration
}

// serve starts a transfer for each request that comes to conn. It returns the
// error of reading conn that ended it.
func (s *server) serve(conn *net.UDPConn) error {
	buf := make([]byte, 500)
	for {
		n, client, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		if op := opOf(buf[:n]); op != opRead && op != opWrite {
			continue // to answer an error with an error could go on forever
		}
		go s.answer(slices.Clone(buf[:n]), client)
	}
}

// answer serves one request, from a socket of its own, and logs what went
// wrong.
func (s *server) answer(request []byte, client netip.AddrPort) {
	own := &net.UDPAddr{IP: s.here.IP, Zone: s.here.Zone} // and any port
	conn, err := net.ListenUDP("udp", own)
	if err != nil {
		log.Println(client, err)
		return
	}
	defer conn.Close()
	t := &transfer{conn: conn, client: client, timeout: s.timeout}
	if err = s.reply(t, request); err == nil {
		return
	}
	log.Println(client, err)
	var r refusal
	if errors.As(err, &r) {
		conn.WriteToUDPAddrPort(errorPacket(r), client) // once
	}
}

// reply reads a request, and sends the file that it asks for.
func (s *server) reply(t *transfer, request []byte) error {
	name, err := parseRequest(request)
	if err != nil {
		return err
	}
	file, err := s.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return t.send(file)
}

// parseRequest returns the name of the file that a read request asks for. The
// error is a refusal.
func parseRequest(request []byte) (name string, err error) {
	fields := bytes.Split(request[2:], []byte{0})
	if opOf(request) != opRead || len(fields) < 3 {
		return "", makesNoSense
	}
	if !strings.EqualFold(string(fields[1]), "octet") {
		return "", makesNoSense
	}
	return string(fields[0]), nil
}

// open opens the regular file of that name in the server's folder. The error is
// a refusal.
func (s *server) open(name string) (*os.File, error) {
	// Before Open, which would wait for the other end of a named pipe.
	info, err := s.root.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noSuchFile
	}
	if err != nil || !info.Mode().IsRegular() {
		return nil, notAllowed
	}
	file, err := s.root.Open(name)
	if err != nil {
		return nil, notAllowed
	}
	return file, nil
}

// A transfer is one file on its way to one client.
type transfer struct {
	conn    *net.UDPConn
	client  netip.AddrPort
	timeout time.Duration
}

// send sends the file in blocks. It returns when the last one is acknowledged.
func (t *transfer) send(file io.Reader) error {
	packet := make([]byte, 4+blockSize)
	for block := uint16(1); ; block++ {
		n, err := io.ReadFull(file, packet[4:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return refusal{0, "the file cannot be read"}
		}
		binary.BigEndian.PutUint16(packet, opData)
		binary.BigEndian.PutUint16(packet[2:], block)
		if err := t.deliver(packet[:4+n], block); err != nil || n < blockSize {
			return err
		}
	}
}

// deliver sends a block until it is acknowledged, up to five times, and waits
// twice as long after each. After the last wait the error is errNotAnswered.
func (t *transfer) deliver(packet []byte, block uint16) error {
	wait := t.timeout
	for range tries {
		if _, err := t.conn.WriteToUDPAddrPort(packet, t.client); err != nil {
			return err
		}
		t.conn.SetReadDeadline(time.Now().Add(wait))
		err := t.acknowledged(block)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		wait *= 2
	}
	return errNotAnswered
}

// acknowledged returns nil when the client has acknowledged block. An error of
// the client's ends the wait, as does the deadline of the socket.
func (t *transfer) acknowledged(block uint16) error {
	buf := make([]byte, 512) // more is never looked at
	for {
		n, from, err := t.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return err
		}
		packet := buf[:n]
		switch op := opOf(packet); {
		case from != t.client && op != opError:
			t.conn.WriteToUDPAddrPort(errorPacket(unknownPort), from)
		case from != t.client:
		case op == opError:
			return fmt.Errorf("the client ends the transfer: %q", packet[2:])
		case op != opAck || len(packet) < 4:
		case binary.BigEndian.Uint16(packet[2:]) == block:
			return nil
		}
	}
}

// opOf says what a packet is, or 0 when it is too short to say.
func opOf(packet []byte) uint16 {
	if len(packet) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(packet)
}

// errorPacket is r as it is sent.
func errorPacket(r refusal) []byte {
	packet := binary.BigEndian.AppendUint16(nil, opError)
	packet = binary.BigEndian.AppendUint16(packet, r.code)
	return append(append(packet, r.message...), 0)
}
