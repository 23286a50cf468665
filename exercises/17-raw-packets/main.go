// Pktdump shows what is below ports: packets.
//
//	pktdump decode|echo|reply|ping|live ...    (see command.go)
//
// It takes IPv4 packets apart, checks their checksums, and builds ICMP echo
// messages. What others wrote is checked before it is used: no packet, however
// short or false, may make it panic.
//
// This file is the only one you edit; the others are given.
// chapters/17-raw-packets.md explains what it needs.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
)

func main() {
	// TODO: delete the next line, and write the functions below.
	notWritten()
	command()
}

// Numbers of two bytes are in network byte order: the high byte comes first.
var u16, put16 = binary.BigEndian.Uint16, binary.BigEndian.PutUint16

// checksum is the Internet checksum (RFC 1071) of the parts, one after the
// other. Only the last may have an odd length. Over data that already holds its
// right checksum it is 0.
func checksum(parts ...[]byte) uint16 {
	// TODO: write it.
	return 0
}

// A packet is an IPv4 packet (RFC 791 §3.1), cut in two.
type packet struct {
	header []byte // with its options
	data   []byte // up to the packet's own length, not further
}

func (ip packet) protocol() byte { return ip.header[9] }

// whole reports whether data is all that was sent, and no fragment of it.
func (ip packet) whole() bool {
	// TODO: write it.
	return true
}

// parse cuts what was read into the header and the data of a packet, up to the
// packet's own length. The problem is "" when there is none; otherwise it is
// "ip: truncated" when p has fewer than 20 bytes or the packet more than p,
// "ip: not version 4", or "ip: bad length" when a length cannot be true.
func parse(p []byte) (ip packet, problem string) {
	// TODO: write it.
	return ip, "ip: truncated"
}

// tcp takes a segment (RFC 9293 §3.1) apart. It returns the names of the flags
// that are set, FIN SYN RST PSH ACK URG in this order, and the payload. The
// problem is "", "tcp: truncated" when there is less than the shortest header,
// or "tcp: bad length" when the header's own length cannot be true.
func tcp(seg []byte) (flags []string, payload []byte, problem string) {
	// TODO: write it.
	return nil, nil, "tcp: truncated"
}

// udp returns what a datagram (RFC 768) carries, up to its own length. The
// problem is "", "udp: truncated" when there is less than a header, or "udp:
// bad length" when its own length cannot be true.
func udp(d []byte) (payload []byte, problem string) {
	// TODO: write it.
	return nil, "udp: truncated"
}

// verdict judges the checksum of a message that ip carries, with field as its
// checksum field: "ok", "bad", "absent" for UDP without one, or "partial" when
// it is the sum of TCP's or UDP's pseudo header alone, not complemented.
func verdict(ip packet, message []byte, field uint16) string {
	// TODO: write it.
	return "bad"
}

// request builds an ICMP echo request: RFC 792.
func request(id, seq uint16, data []byte) []byte {
	// TODO: write it.
	return nil
}

// reply builds the packet that answers p, with all its data. It returns nil
// when p is not a whole echo request in good order: a fragment, a message that
// is too short, a wrong checksum of the header or of the message.
func reply(p []byte) []byte {
	// TODO: write it.
	return nil
}

// answers reports whether p is the reply to the request with this id and
// number. P may be any ICMP packet: our own request, another program's reply.
func answers(p []byte, id, seq uint16) bool {
	// TODO: write it.
	return false
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
