// Belief: a file that comes in comes to its end.
//
// What a client that broke off has sent stays in the folder, under a name that
// is not asked for, until the disk is full.
//
// Caught by: 58-whole-or-not-at-all (file).
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
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
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
	diskFull       = refusal{3, "disk full"}
	unknownPort    = refusal{5, "unknown transfer ID"}
	errNotAnswered = errors.New("no acknowledgement")
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`address` to listen on")
	write := flag.Bool("write", false, "take files, too")
	timeout := flag.Duration("timeout", time.Second, "send a block again after this `long`, at first")
	flag.Parse()
	if flag.NArg() != 1 || *timeout <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, flag.Arg(0), *timeout, *write); err != nil {
		fmt.Fprintln(os.Stderr, "tftpd:", err)
		os.Exit(1)
	}
}

// run opens dir and a UDP socket at addr, announces the socket's own address,
// and serves. It returns the error that ended it.
func run(addr, dir string, timeout time.Duration, write bool) error {
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
	s := &server{root: root, here: conn.LocalAddr().(*net.UDPAddr), timeout: timeout, write: write}
	return s.serve(conn.(*net.UDPConn))
}

// A server has what all transfers share.
type server struct {
	root    *os.Root
	here    *net.UDPAddr // where requests come in
	timeout time.Duration
	write   bool
}

// serve starts a transfer for each request that comes to conn. It returns the
// error of reading conn that ended it.
func (s *server) serve(conn *net.UDPConn) error {
	buf := make([]byte, 512) // a request has no more (RFC 2347)
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

// reply reads a request, and sends the file that it asks for, or takes it.
func (s *server) reply(t *transfer, request []byte) error {
	name, err := parseRequest(request)
	if err != nil {
		return err
	}
	if opOf(request) == opWrite {
		if !s.write {
			return makesNoSense
		}
		return s.receive(t, name)
	}
	file, err := s.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return t.send(file)
}

// parseRequest returns the name of the file that a request is about. The
// error is a refusal.
func parseRequest(request []byte) (name string, err error) {
	fields := bytes.Split(request[2:], []byte{0})
	if len(fields) < 3 {
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

// acknowledged returns nil when the client has acknowledged block.
func (t *transfer) acknowledged(block uint16) error {
	for {
		packet, err := t.hear()
		if err != nil {
			return err
		}
		if opOf(packet) == opAck && len(packet) >= 4 && binary.BigEndian.Uint16(packet[2:]) == block {
			return nil
		}
	}
}

// hear returns the next packet of the client's. An error of its ends the wait, as
// does the deadline of the socket; strangers get error 5.
func (t *transfer) hear() ([]byte, error) {
	buf := make([]byte, 1024) // more is never looked at
	for {
		n, from, err := t.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return nil, err
		}
		switch op := opOf(buf[:n]); {
		case from != t.client && op != opError:
			t.conn.WriteToUDPAddrPort(errorPacket(unknownPort), from)
		case from != t.client:
		case op == opError:
			return nil, fmt.Errorf("the client ends the transfer: %q", buf[2:n])
		default:
			return buf[:n], nil
		}
	}
}

// receive takes the file that a client sends. It gets its name when it is whole;
// until then it has another, which is gone in the end, whatever happens.
func (s *server) receive(t *transfer, name string) error {
	part, err := s.part(name)
	if err != nil {
		return err
	}
	defer part.Close()
	block := uint16(0)
	for n := blockSize; n == blockSize; block++ {
		data, err := t.next(block)
		if err != nil {
			return err
		}
		if n, err = part.Write(data); err != nil {
			return diskFull
		}
	}
	// The acknowledgement of the last block says that the file is there.
	if err := errors.Join(part.Close(), s.root.Rename(part.Name(), name)); err != nil {
		return notAllowed
	}
	t.last(block)
	return nil
}

// A part is a file that comes in, with the name that it has until then.
type part struct {
	*os.File
	name string
}

func (p part) Name() string { return p.name }

// part makes the file beside the one that it is to be, in which no other upload
// writes. The error is a refusal.
func (s *server) part(name string) (part, error) {
	info, err := s.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return part{}, notAllowed
	}
	for {
		own := filepath.Join(filepath.Dir(name), fmt.Sprintf(".part-%016x", rand.Uint64()))
		file, err := s.root.OpenFile(own, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		switch {
		case err == nil:
			return part{file, own}, nil
		case errors.Is(err, fs.ErrNotExist):
			return part{}, noSuchFile
		case !errors.Is(err, fs.ErrExist):
			return part{}, notAllowed
		}
	}
}

// next acknowledges a block until the one after it comes, and returns that.
func (t *transfer) next(block uint16) ([]byte, error) {
	wait := t.timeout
	for range tries {
		t.acknowledge(block)
		t.conn.SetReadDeadline(time.Now().Add(wait))
		data, err := t.data(block + 1)
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return data, err
		}
		wait *= 2
	}
	return nil, errNotAnswered
}

// last acknowledges the last block, and stays for a while, for this
// acknowledgement may be lost.
func (t *transfer) last(block uint16) {
	t.acknowledge(block)
	t.conn.SetReadDeadline(time.Now().Add(4 * t.timeout))
	t.data(block + 1)
}

func (t *transfer) acknowledge(block uint16) {
	packet := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, opAck), block)
	t.conn.WriteToUDPAddrPort(packet, t.client)
}

// data returns a block when it comes. A copy of the one before is acknowledged
// again: its acknowledgement may have been lost.
func (t *transfer) data(block uint16) ([]byte, error) {
	for {
		packet, err := t.hear()
		switch {
		case err != nil:
			return nil, err
		case opOf(packet) != opData || len(packet) < 4 || len(packet) > 4+blockSize:
		case binary.BigEndian.Uint16(packet[2:]) == block:
			return packet[4:], nil
		case binary.BigEndian.Uint16(packet[2:]) == block-1:
			t.acknowledge(block - 1)
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
