// Belief: a field that is the sum of the pseudo header was left to the card.
//
// It may be the right checksum of its message as well, and that is asked first.
//
// Caught by: 11-unfinished (output).
package main

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

func main() { command() }

// Numbers of two bytes are in network byte order: the high byte comes first.
var u16, put16 = binary.BigEndian.Uint16, binary.BigEndian.PutUint16

// A packet is an IPv4 packet (RFC 791 3.1), cut in two.
type packet struct {
	header []byte // with its options
	data   []byte // up to the packet's own length, not further
}

func (ip packet) protocol() byte { return ip.header[9] }

func checksum(parts ...[]byte) uint16 {
	var sum uint64
	add := func(v uint64) {
		s, carry := bits.Add64(sum, v, 0)
		sum = s + carry // s is not the largest number when there is a carry
	}
	for _, p := range parts {
		for ; len(p) >= 8; p = p[8:] {
			add(binary.BigEndian.Uint64(p))
		}
		var tail [8]byte
		copy(tail[:], p) // zeros count nothing
		add(binary.BigEndian.Uint64(tail[:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

const moreOrOffset = 0x2000 | 0x1fff

func (ip packet) whole() bool { return u16(ip.header[6:])&moreOrOffset == 0 }

func parse(p []byte) (packet, string) {
	if len(p) < 20 {
		return packet{}, "ip: truncated"
	}
	version, header, total := p[0]>>4, int(p[0]&0xf)<<2, int(u16(p[2:]))
	switch {
	case version != 4:
		return packet{}, "ip: not version 4"
	case header < 20, total < header:
		return packet{}, "ip: bad length"
	case total > len(p):
		return packet{}, "ip: truncated"
	}
	return packet{header: p[:header], data: p[header:total]}, ""
}

var names = [6]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"}

func tcp(seg []byte) ([]string, []byte, string) {
	if len(seg) < 20 {
		return nil, nil, "tcp: truncated"
	}
	header := int(seg[12]>>4) << 2
	if header < 20 || header > len(seg) {
		return nil, nil, "tcp: bad length"
	}
	var flags []string
	for rest := seg[13] & 0x3f; rest != 0; rest &= rest - 1 {
		flags = append(flags, names[bits.TrailingZeros8(rest)])
	}
	return flags, seg[header:], ""
}

func udp(d []byte) ([]byte, string) {
	if len(d) < 8 {
		return nil, "udp: truncated"
	}
	if n := int(u16(d[4:])); n >= 8 && n <= len(d) {
		return d[8:n], ""
	}
	return nil, "udp: bad length"
}

func verdict(ip packet, message []byte, field uint16) string {
	var pseudo []byte
	protocol := ip.protocol()
	ported := protocol == 6 || protocol == 17
	if ported {
		pseudo = append(pseudo, ip.header[12:20]...)
		pseudo = append(pseudo, 0, protocol)
		pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(message)))
	}
	switch {
	case protocol == 17 && field == 0:
		return "absent"
	case ported && ^checksum(pseudo) == field:
		return "partial"
	case checksum(pseudo, message) == 0:
		return "ok"
	default:
		return "bad"
	}
}

func request(id, seq uint16, data []byte) []byte {
	m := []byte{8, 0, 0, 0}
	m = binary.BigEndian.AppendUint16(m, id)
	m = binary.BigEndian.AppendUint16(m, seq)
	m = append(m, data...)
	put16(m[2:4], checksum(m))
	return m
}

func reply(p []byte) []byte {
	ip, problem := parse(p)
	switch {
	case problem != "", ip.protocol() != 1, !ip.whole(), checksum(ip.header) != 0:
		return nil
	case len(ip.data) < 8, ip.data[0] != 8, checksum(ip.data) != 0:
		return nil
	}
	a := slices.Clone(p[:len(ip.header)+len(ip.data)])
	for i := 12; i < 16; i++ {
		a[i], a[i+4] = a[i+4], a[i]
	}
	m := a[len(ip.header):]
	m[0] = 0
	put16(m[2:4], 0)
	put16(m[2:4], checksum(m))
	return a
}

func answers(p []byte, id, seq uint16) bool {
	ip, problem := parse(p)
	if problem != "" || ip.protocol() != 1 || len(ip.data) < 8 {
		return false
	}
	want := uint32(id)<<16 | uint32(seq)
	return ip.data[0] == 0 && binary.BigEndian.Uint32(ip.data[4:]) == want
}
