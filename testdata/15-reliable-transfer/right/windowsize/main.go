// Right: with -options the server agrees to windowsize, too (RFC 7440). A
// window of blocks goes out at once; an acknowledgement of any of them moves
// the window after it.
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
	"strconv"
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
	opOptions
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
	options := flag.Bool("options", false, "agree to options")
	timeout := flag.Duration("timeout", time.Second, "send a block again after this `long`, at first")
	flag.Parse()
	if flag.NArg() != 1 || *timeout <= 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*listen, flag.Arg(0), *timeout, *options); err != nil {
		fmt.Fprintln(os.Stderr, "tftpd:", err)
		os.Exit(1)
	}
}

// run opens dir and a UDP socket at addr, announces the socket's own address,
// and serves. It returns the error that ended it.
func run(addr, dir string, timeout time.Duration, options bool) error {
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
	s := &server{root: root, here: conn.LocalAddr().(*net.UDPAddr), timeout: timeout, options: options}
	return s.serve(conn.(*net.UDPConn))
}

// A server has what all transfers share.
type server struct {
	root    *os.Root
	here    *net.UDPAddr // where requests come in
	timeout time.Duration
	options bool
}

// serve starts a transfer for each request that comes to conn. It returns the
// error of reading conn that ended it.
func (s *server) serve(conn *net.UDPConn) error {
	buf := make([]byte, 512) // a request has no more (RFC 2347); of a longer one the rest is cut off
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
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: s.here.IP, Zone: s.here.Zone})
	if err != nil {
		log.Println(client, err)
		return
	}
	defer conn.Close()
	t := &transfer{conn: conn, client: client, timeout: s.timeout, block: blockSize, window: 1}
	if err = s.reply(t, request); err == nil {
		return
	}
	log.Println(client, err)
	var r refusal
	if errors.As(err, &r) {
		conn.WriteToUDPAddrPort(errorPacket(r), client) // not repeated: it is not acknowledged either
	}
}

// reply reads a request, and sends the file that it asks for.
func (s *server) reply(t *transfer, request []byte) error {
	name, options, err := parseRequest(request)
	if err != nil {
		return err
	}
	file, err := s.open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if s.options {
		if err := t.agree(file, options); err != nil {
			return err
		}
	}
	return t.send(file)
}

// parseRequest returns the name of the file that a read request asks for. The
// error is a refusal.
func parseRequest(request []byte) (name string, options [][]byte, err error) {
	fields := bytes.Split(request[2:], []byte{0})
	if opOf(request) != opRead || len(fields) < 3 || !strings.EqualFold(string(fields[1]), "octet") {
		return "", nil, makesNoSense
	}
	return string(fields[0]), fields[2 : len(fields)-1], nil
}

// open opens the regular file of that name in the server's folder. The error is
// a refusal.
func (s *server) open(name string) (*os.File, error) {
	info, err := s.root.Stat(name) // before Open, which would wait for the other end of a named pipe
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

// agree answers the options that it knows with an OACK, and waits for ACK 0.
func (t *transfer) agree(file *os.File, options [][]byte) error {
	info, err := file.Stat()
	if err != nil {
		return refusal{0, "the file cannot be read"}
	}
	packet := binary.BigEndian.AppendUint16(nil, opOptions)
	for pair := range slices.Chunk(options, 2) {
		name := strings.ToLower(string(pair[0]))
		value, err := strconv.ParseInt(string(pair[len(pair)-1]), 10, 64)
		switch {
		case err != nil || len(pair) < 2:
			continue
		case name == "blksize" && value >= 8 && value <= 65464:
			t.block = int(value)
		case name == "tsize":
			value = info.Size()
		case name == "windowsize" && value >= 1 && value <= 65535:
			t.window = value
		default:
			continue
		}
		packet = fmt.Appendf(packet, "%s\x00%d\x00", name, value)
	}
	if len(packet) == 2 {
		return nil
	}
	return t.deliver(packet, 0)
}

// A transfer is one file on its way to one client.
type transfer struct {
	conn    *net.UDPConn
	client  netip.AddrPort
	timeout time.Duration
	block   int   // bytes of a block
	window  int64 // blocks that may be under way
}

// send sends the file in windows of blocks. It returns when the last one is
// acknowledged.
func (t *transfer) send(file *os.File) error {
	for acked := int64(0); ; {
		packets, last, err := t.blocks(file, acked)
		if err != nil {
			return err
		}
		n, err := t.exchange(packets, uint16(acked+1))
		if err != nil {
			return err
		}
		if acked += int64(n); last && n == len(packets) {
			return nil
		}
	}
}

// blocks makes the packets of a window, whose blocks follow the one with this
// number, counted on after 65,535. Last says that the file ends in it.
func (t *transfer) blocks(file *os.File, acked int64) (packets [][]byte, last bool, err error) {
	for i := acked; i < acked+t.window && !last; i++ {
		packet := make([]byte, 4+t.block)
		binary.BigEndian.PutUint16(packet, opData)
		binary.BigEndian.PutUint16(packet[2:], uint16(i+1))
		n, err := file.ReadAt(packet[4:], i*int64(t.block))
		if err != nil && err != io.EOF {
			return nil, false, refusal{0, "the file cannot be read"}
		}
		packets, last = append(packets, packet[:4+n]), n < t.block
	}
	return packets, last, nil
}

// deliver sends a packet until it is acknowledged.
func (t *transfer) deliver(packet []byte, number uint16) error {
	_, err := t.exchange([][]byte{packet}, number)
	return err
}

// exchange sends packets, the first of which has this number, until one of them is
// acknowledged, up to five times, and waits twice as long after each. It returns
// how many are acknowledged.
func (t *transfer) exchange(packets [][]byte, first uint16) (int, error) {
	wait := t.timeout
	for range tries {
		for _, packet := range packets {
			if _, err := t.conn.WriteToUDPAddrPort(packet, t.client); err != nil {
				return 0, err
			}
		}
		t.conn.SetReadDeadline(time.Now().Add(wait))
		if n, err := t.acknowledged(first, len(packets)); !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
		wait *= 2
	}
	return 0, errNotAnswered
}

// acknowledged returns how many of so many blocks, from the number first on, the
// client has acknowledged, when it acknowledges one of them.
func (t *transfer) acknowledged(first uint16, most int) (int, error) {
	buf := make([]byte, 512) // more is never looked at
	for {
		n, from, err := t.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return 0, err
		}
		packet := buf[:n]
		switch op := opOf(packet); {
		case from != t.client && op != opError:
			t.conn.WriteToUDPAddrPort(errorPacket(unknownPort), from)
		case from != t.client:
		case op == opError:
			return 0, fmt.Errorf("the client ends the transfer: %q", packet[2:])
		case op == opAck && len(packet) >= 4:
			if got := binary.BigEndian.Uint16(packet[2:]) - first; int(got) < most {
				return int(got) + 1, nil
			}
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
