// Pktdump shows what is below ports: packets.
//
//	pktdump decode|echo|reply|ping|live ...    (see command.go)
//
// It takes IPv4 packets apart, checks their checksums, and builds ICMP echo
// messages. What others wrote is checked before it is used: no packet, however
// short or false, may make it panic.
//
// This file is the only one you edit; the others are given.
// Read chapters/17-raw-packets.md first: it builds the program step by step.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
)

func main() {
	// TODO: delete the next line, write the functions below, and run the grader.
	notWritten()
	command()
}

// Numbers of two bytes are in network byte order: the high byte comes first.
var u16, put16 = binary.BigEndian.Uint16, binary.BigEndian.PutUint16

// checksum is the Internet checksum of the parts, one after the other: RFC
// 1071. Only the last may have an odd length. Over data that already holds its
// right checksum it is 0.
func checksum(parts ...[]byte) uint16 {
	// TODO:
	//  1. Add up all words of two bytes in an uint32. A last byte without a
	//     partner counts as the high byte of a word.
	//  2. Add what has grown beyond 16 bits at the low end, until nothing has.
	//  3. Return the complement.
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
	// TODO: the More Fragments bit and the fragment offset are both 0.
	return true
}

// parse cuts p in two. The problem is "" when there is none.
func parse(p []byte) (ip packet, problem string) {
	// TODO:
	//  1. Fewer than 20 bytes are "ip: truncated". So is a packet that is
	//     longer than p by its own account.
	//  2. Another version than 4 is "ip: not version 4".
	//  3. A header of fewer than 20 bytes, or one that is longer than its
	//     packet, is "ip: bad length".
	return ip, "ip: truncated"
}

// tcp returns the names of the flags that a segment (RFC 9293 §3.1) has set,
// lowest bit first, and what it carries.
func tcp(seg []byte) (flags []string, payload []byte, problem string) {
	// TODO:
	//  1. Fewer than 20 bytes are "tcp: truncated".
	//  2. A header of fewer than 20 bytes, or of more than there are, is
	//     "tcp: bad length".
	//  3. The flags are FIN, SYN, RST, PSH, ACK, URG, from the lowest bit. The
	//     two bits above (ECE, CWR) may be set, and may be left out.
	return nil, nil, "tcp: truncated"
}

// udp returns what a datagram (RFC 768) carries, up to its own length.
func udp(d []byte) (payload []byte, problem string) {
	// TODO:
	//  1. Fewer than 8 bytes are "udp: truncated".
	//  2. A length below 8, or above what there is, is "udp: bad length".
	return nil, "udp: truncated"
}

// verdict judges the checksum field of a message in ip. Those of TCP and UDP
// cover a pseudo header, too: addresses, protocol and length.
func verdict(ip packet, message []byte, field uint16) string {
	// TODO:
	//  1. In UDP a field of 0 is "absent".
	//  2. When the checksum over all, its own field included, is 0 the verdict
	//     is "ok". (In UDP a sum of 0 is sent as 0xffff.)
	//  3. A field with the sum of the pseudo header alone, not complemented,
	//     is "partial"; ICMP has no such thing.
	//  4. All else is "bad".
	return "bad"
}

// request builds an ICMP echo request: RFC 792.
func request(id, seq uint16, data []byte) []byte {
	// TODO: type 8, code 0, checksum, id, number, data.
	return nil
}

// reply builds the packet that answers p, with all its data. It returns nil
// when p is not a whole echo request in good order: a fragment, a message that
// is too short, a wrong checksum of the header or of the message.
func reply(p []byte) []byte {
	// TODO:
	//  1. Look whether p is what it should be: parse it, then check that it is
	//     whole, its protocol, that its message has 8 bytes, its type, and both
	//     checksums.
	//  2. Copy it. Exchange the addresses, make the type 0, and compute the
	//     ICMP checksum anew, with its field zero.
	return nil
}

// answers reports whether p is the reply to our request. A raw socket gets a
// copy of every ICMP message: our own request, and what others have asked for.
func answers(p []byte, id, seq uint16) bool {
	// TODO: type 0, our id, our number.
	return false
}

// notWritten tells the grader that this exercise has not been started.
func notWritten() {
	fmt.Fprintln(os.Stderr, "not written yet")
	os.Exit(1)
}
