// Belief: the pseudo header is the same for all packets between two hosts, so its sum is kept.
//
// The protocol is also in it. Of a TCP and a UDP packet between the same two hosts the second is called bad.
//
// Caught by: 03-five-tuple (output).
package main

import (
	"encoding/binary"
	"slices"
)

func main() { command() }

// Numbers of two bytes are in network byte order: the high byte comes first.
var u16, put16 = binary.BigEndian.Uint16, binary.BigEndian.PutUint16

// checksum is the Internet checksum (RFC 1071) of the parts, one after the
// other. Only the last may have an odd length. Over data that already holds its
// right checksum it is 0.
func checksum(parts ...[]byte) uint16 {
	var sum uint32
	for _, part := range parts {
		for ; len(part) > 1; part = part[2:] {
			sum += uint32(u16(part))
		}
		if len(part) == 1 {
			sum += uint32(part[0]) << 8 // as if a zero byte followed
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff // carries are added at the low end
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

// parse cuts what was read into the header and the data of a packet, up to the
// packet's own length. The problem is "" when there is none; otherwise it is
// "ip: truncated" when p has fewer than 20 bytes or the packet more than p,
// "ip: not version 4", or "ip: bad length" when a length cannot be true.
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

// tcp takes a segment (RFC 9293 §3.1) apart. It returns the names of the flags
// that are set, FIN SYN RST PSH ACK URG in this order, and the payload. The
// problem is "", "tcp: truncated" when there is less than the shortest header,
// or "tcp: bad length" when the header's own length cannot be true.
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

// udp returns what a datagram (RFC 768) carries, up to its own length. The
// problem is "", "udp: truncated" when there is less than a header, or "udp:
// bad length" when its own length cannot be true.
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

// pseudoSums has the sum of addresses and protocol for each pair of hosts, which
// need not be added up again for each packet.
var pseudoSums = map[[8]byte]uint16{}

// verdict judges the checksum of a message that ip carries, with field as its
// checksum field: "ok", "bad", "absent" for UDP without one, or "partial" when
// it is the sum of TCP's or UDP's pseudo header alone, not complemented.
func verdict(ip packet, message []byte, field uint16) string {
	var pseudo []byte // the two words that stand for it; ICMP has none
	if ip.protocol() != 1 {
		pair := [8]byte(ip.header[12:20])
		fixed, ok := pseudoSums[pair]
		if !ok {
			fixed = ^checksum(pair[:], []byte{0, ip.protocol()})
			pseudoSums[pair] = fixed
		}
		pseudo = make([]byte, 4)
		put16(pseudo, fixed)
		put16(pseudo[2:], uint16(len(message)))
	}
	switch {
	case ip.protocol() == 17 && field == 0:
		return "absent" // UDP may do without
	case checksum(pseudo, message) == 0:
		return "ok"
	case pseudo != nil && field == ^checksum(pseudo):
		return "partial" // the network card was to add the rest
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

// reply builds the packet that answers p, with all its data. It returns nil
// when p is not a whole echo request in good order: a fragment, a message that
// is too short, a wrong checksum of the header or of the message.
func reply(p []byte) []byte {
	ip, problem := parse(p)
	if problem != "" || !ip.whole() || ip.protocol() != 1 || len(ip.data) < 8 ||
		ip.data[0] != 8 || checksum(ip.header) != 0 || checksum(ip.data) != 0 {
		return nil
	}
	header, m := slices.Clone(ip.header), slices.Clone(ip.data)
	copy(header[12:], ip.header[16:20]) // the checksum does not mind
	copy(header[16:], ip.header[12:16])
	m[0], m[2], m[3] = 0, 0, 0
	put16(m[2:], checksum(m))
	return append(header, m...)
}

// answers reports whether p is the reply to the request with this id and
// number. P may be any ICMP packet: our own request, another program's reply.
func answers(p []byte, id, seq uint16) bool {
	ip, problem := parse(p)
	return problem == "" && len(ip.data) >= 8 && ip.data[0] == 0 &&
		u16(ip.data[4:]) == id && u16(ip.data[6:]) == seq
}
