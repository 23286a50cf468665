// Belief: of the offset the low byte is enough: a fragment is near the beginning.
//
// A last fragment whose offset is a multiple of 256 has zeros there.
//
// Caught by: 29-any-packet (output).
package main

import (
	"encoding/binary"
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
	for _, p := range parts {
		if len(p)%2 == 1 {
			sum += uint64(p[len(p)-1]) << 8
			p = p[:len(p)-1]
		}
		for ; len(p) != 0; p = p[2:] {
			sum += uint64(u16(p))
		}
	}
	if sum == 0 {
		return 0xffff // the sum of nothing but zeros
	}
	// All else whose remainder is 0 adds up to 0xffff.
	return uint16(0xfffe - (sum-1)%0xffff)
}

// bit tells whether bit n of b is set.
func bit(b byte, n int) bool { return b>>n&1 == 1 }

func (ip packet) whole() bool {
	high, low := ip.header[6], ip.header[7]
	return !bit(high, 5) && low == 0
}

func parse(p []byte) (ip packet, problem string) {
	if len(p) < 20 {
		return ip, "ip: truncated"
	}
	words := int(p[0] & 0x0f)
	total := int(u16(p[2:4]))
	if p[0]&0xf0 != 0x40 {
		return ip, "ip: not version 4"
	}
	if words < 5 || total < words*4 {
		return ip, "ip: bad length"
	}
	if total > len(p) {
		return ip, "ip: truncated"
	}
	p = p[:total]
	return packet{p[:words*4], p[words*4:]}, ""
}

func tcp(seg []byte) (flags []string, payload []byte, problem string) {
	if len(seg) < 20 {
		problem = "tcp: truncated"
		return
	}
	words := int(seg[12] >> 4)
	if words < 5 || words*4 > len(seg) {
		problem = "tcp: bad length"
		return
	}
	note := func(n int, name string) {
		if bit(seg[13], n) {
			flags = append(flags, name)
		}
	}
	note(0, "FIN")
	note(1, "SYN")
	note(2, "RST")
	note(3, "PSH")
	note(4, "ACK")
	note(5, "URG")
	payload = seg[words*4:]
	return
}

func udp(d []byte) (payload []byte, problem string) {
	if len(d) < 8 {
		return nil, "udp: truncated"
	}
	length := int(u16(d[4:6]))
	if length > len(d) || length < 8 {
		return nil, "udp: bad length"
	}
	return d[:length][8:], ""
}

// ported says whether a protocol has ports, and a pseudo header.
func ported(protocol byte) bool { return protocol == 6 || protocol == 17 }

func (ip packet) pseudo(length int) []byte {
	if !ported(ip.protocol()) {
		return nil
	}
	p := [12]byte{8: 0, 9: ip.protocol(), 10: byte(length >> 8), 11: byte(length)}
	copy(p[:8], ip.header[12:20])
	return p[:]
}

func verdict(ip packet, message []byte, field uint16) string {
	pseudo := ip.pseudo(len(message))
	if ip.protocol() == 17 && field == 0 {
		return "absent"
	} else if checksum(pseudo, message) == 0 {
		return "ok"
	} else if ported(ip.protocol()) && field == ^checksum(pseudo) {
		return "partial"
	}
	return "bad"
}

func request(id, seq uint16, data []byte) []byte {
	front := [8]byte{0: 8}
	put16(front[4:], id)
	put16(front[6:], seq)
	put16(front[2:], checksum(front[:], data)) // only the last part may be odd
	return append(front[:], data...)
}

// echo says whether p holds an echo message of this type, and gives it.
func echo1(p []byte, kind byte) (ip packet, ok bool) {
	ip, problem := parse(p)
	return ip, problem == "" && ip.protocol() == 1 && len(ip.data) >= 8 && ip.data[0] == kind
}

func reply(p []byte) []byte {
	ip, ok := echo1(p, 8)
	if !ok || !ip.whole() || checksum(ip.header) != 0 || checksum(ip.data) != 0 {
		return nil
	}
	a := append([]byte(nil), ip.header[:12]...)
	a = append(a, ip.header[16:20]...)
	a = append(a, ip.header[12:16]...)
	a = append(a, ip.header[20:]...)
	front := [8]byte{1: ip.data[1]}
	copy(front[4:], ip.data[4:8])
	put16(front[2:], checksum(front[:], ip.data[8:]))
	a = append(a, front[:]...)
	return append(a, ip.data[8:]...)
}

func answers(p []byte, id, seq uint16) bool {
	ip, ok := echo1(p, 0)
	return ok && u16(ip.data[4:]) == id && u16(ip.data[6:]) == seq
}
