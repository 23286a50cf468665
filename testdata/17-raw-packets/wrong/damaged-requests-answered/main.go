// Belief: every request must have an answer.
//
// A message with a wrong checksum says nothing that can be relied on, not even who
// asks.
//
// Caught by: 15-echo-reply (exit-status).
package main

import (
	"encoding/binary"
	"slices"
)

func main() { command() }

// Numbers of two bytes are in network byte order: the high byte comes first.
var u16, put16 = binary.BigEndian.Uint16, binary.BigEndian.PutUint16

// checksum is the Internet checksum of the parts, one after the other: RFC
// 1071. Only the last may have an odd length. Over data that already holds its
// right checksum it is 0.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, part := range parts {
		for ; len(part) > 1; part = part[2:] {
			sum += uint32(u16(part))
		}
		if len(part) == 1 {
			sum += uint32(part[0]) << 8
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// A packet is an IPv4 packet (RFC 791 §3.1), cut in two.
type packet struct {
	header []byte // with its options
	data   []byte // up to the packet's own length, not further
}

func (ip packet) protocol() byte { return ip.header[9] }

// whole reports whether data is all that was sent, and no fragment of it.
func (ip packet) whole() bool { return u16(ip.header[6:])&0x3fff == 0 }

// parse cuts p in two. The problem is "" when there is none.
func parse(p []byte) (ip packet, problem string) {
	if len(p) < 20 {
		return ip, "ip: truncated"
	}
	header, total := int(p[0]&0x0f)*4, int(u16(p[2:]))
	switch {
	case p[0]>>4 != 4:
		return ip, "ip: not version 4"
	case header < 20 || total < header:
		return ip, "ip: bad length"
	case total > len(p):
		return ip, "ip: truncated"
	}
	return packet{p[:header], p[header:total]}, ""
}

// tcp returns the names of the flags that a segment (RFC 9293 §3.1) has set,
// lowest bit first, and what it carries.
func tcp(seg []byte) (flags []string, payload []byte, problem string) {
	if len(seg) < 20 {
		return nil, nil, "tcp: truncated"
	}
	header := int(seg[12]>>4) * 4
	if header < 20 || header > len(seg) {
		return nil, nil, "tcp: bad length"
	}
	names := []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"}
	for bit, name := range names {
		if seg[13]>>bit&1 == 1 {
			flags = append(flags, name)
		}
	}
	return flags, seg[header:], ""
}

// udp returns what a datagram (RFC 768) carries, up to its own length.
func udp(d []byte) (payload []byte, problem string) {
	if len(d) < 8 {
		return nil, "udp: truncated"
	}
	length := int(u16(d[4:]))
	if length < 8 || length > len(d) {
		return nil, "udp: bad length"
	}
	return d[8:length], ""
}

// verdict judges the checksum field of a message in ip. Those of TCP and UDP
// cover a pseudo header, too: addresses, protocol and length.
func verdict(ip packet, message []byte, field uint16) string {
	pseudo := slices.Concat(ip.header[12:20], []byte{0, ip.protocol(), 0, 0})
	put16(pseudo[10:], uint16(len(message)))
	if ip.protocol() == 1 {
		pseudo = nil
	}
	switch {
	case ip.protocol() == 17 && field == 0:
		return "absent"
	case checksum(pseudo, message) == 0:
		return "ok"
	case pseudo != nil && field == ^checksum(pseudo):
		return "partial"
	}
	return "bad"
}

// request builds an ICMP echo request: RFC 792.
func request(id, seq uint16, data []byte) []byte {
	m := append([]byte{8, 0, 0, 0, 0, 0, 0, 0}, data...)
	put16(m[4:], id)
	put16(m[6:], seq)
	put16(m[2:], checksum(m))
	return m
}

// reply builds the packet that answers p. It returns nil when p is not an echo
// request, or has a wrong checksum.
func reply(p []byte) []byte {
	ip, problem := parse(p)
	if problem != "" || !ip.whole() || ip.protocol() != 1 || len(ip.data) < 8 ||
		ip.data[0] != 8 {
		return nil
	}
	header, m := slices.Clone(ip.header), slices.Clone(ip.data)
	copy(header[12:], ip.header[16:20])
	copy(header[16:], ip.header[12:16])
	m[0], m[2], m[3] = 0, 0, 0
	put16(m[2:], checksum(m))
	return append(header, m...)
}

// answers reports whether p is the reply to our request. A raw socket gets a
// copy of every ICMP message: our own request, and what others have asked for.
func answers(p []byte, id, seq uint16) bool {
	ip, problem := parse(p)
	return problem == "" && len(ip.data) >= 8 && ip.data[0] == 0 &&
		u16(ip.data[4:]) == id && u16(ip.data[6:]) == seq
}
