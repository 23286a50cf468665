// Belief: the version is in the first byte, so it is looked at first.
//
// The contract asks first whether there are 20 bytes at all.
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

// add is the ones' complement sum of two words.
func add(a, b uint16) uint16 {
	c := a + b
	if c < a {
		c++ // the carry comes in at the low end
	}
	return c
}

func checksum(parts ...[]byte) uint16 {
	var sum uint16
	for _, p := range parts {
		n := len(p)
		for i := 0; i+1 < n; i += 2 {
			sum = add(sum, uint16(p[i])<<8|uint16(p[i+1]))
		}
		if n%2 != 0 {
			sum = add(sum, uint16(p[n-1])<<8)
		}
	}
	return ^sum
}

func (ip packet) whole() bool {
	more := ip.header[6]&0x20 != 0
	offset := u16(ip.header[6:]) & 0x1fff
	return !more && offset == 0
}

func parse(p []byte) (ip packet, problem string) {
	if len(p) == 0 {
		return ip, "ip: truncated"
	}
	if p[0]>>4 != 4 {
		return ip, "ip: not version 4"
	}
	if len(p) < 20 {
		return ip, "ip: truncated"
	}
	header := 4 * int(p[0]&15)
	total := int(u16(p[2:]))
	if header < 20 || header > total {
		return ip, "ip: bad length"
	}
	if len(p) < total {
		return ip, "ip: truncated"
	}
	ip.header = p[:header:header]
	ip.data = p[header:total:total]
	return ip, ""
}

func tcp(seg []byte) (flags []string, payload []byte, problem string) {
	if len(seg) < 20 {
		return nil, nil, "tcp: truncated"
	}
	header := int(seg[12]&0xf0) >> 2
	if header < 20 || header > len(seg) {
		return nil, nil, "tcp: bad length"
	}
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"} {
		if seg[13]&(1<<i) != 0 {
			flags = append(flags, name)
		}
	}
	return flags, seg[header:], ""
}

func udp(d []byte) (payload []byte, problem string) {
	if len(d) < 8 {
		return nil, "udp: truncated"
	}
	n := int(u16(d[4:]))
	if n < 8 || n > len(d) {
		return nil, "udp: bad length"
	}
	return d[8:n], ""
}

func verdict(ip packet, message []byte, field uint16) string {
	if ip.protocol() == 17 && field == 0 {
		return "absent"
	}
	if ip.protocol() != 6 && ip.protocol() != 17 {
		if checksum(message) == 0 {
			return "ok"
		}
		return "bad"
	}
	pseudo := make([]byte, 12)
	copy(pseudo, ip.header[12:20])
	pseudo[9] = ip.protocol()
	put16(pseudo[10:], uint16(len(message)))
	if checksum(pseudo, message) == 0 {
		return "ok"
	}
	if field == ^checksum(pseudo) {
		return "partial"
	}
	return "bad"
}

func request(id, seq uint16, data []byte) []byte {
	m := make([]byte, 8+len(data))
	m[0] = 8
	put16(m[4:], id)
	put16(m[6:], seq)
	copy(m[8:], data)
	put16(m[2:], checksum(m))
	return m
}

func reply(p []byte) []byte {
	ip, problem := parse(p)
	if problem != "" || !ip.whole() || ip.protocol() != 1 {
		return nil
	}
	if len(ip.data) < 8 || ip.data[0] != 8 {
		return nil
	}
	if checksum(ip.header) != 0 || checksum(ip.data) != 0 {
		return nil
	}
	a := make([]byte, len(ip.header)+len(ip.data))
	copy(a, ip.header)
	copy(a[12:16], ip.header[16:20])
	copy(a[16:20], ip.header[12:16])
	m := a[len(ip.header):]
	copy(m, ip.data)
	m[0], m[2], m[3] = 0, 0, 0
	put16(m[2:], checksum(m))
	return a
}

func answers(p []byte, id, seq uint16) bool {
	ip, problem := parse(p)
	if problem != "" || ip.protocol() != 1 || len(ip.data) < 8 {
		return false
	}
	return ip.data[0] == 0 && u16(ip.data[4:]) == id && u16(ip.data[6:]) == seq
}
