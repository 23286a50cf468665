package packet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// This file is a model of what a decoder of IPv4 packets promises: RFC 791,
// 792, 768, 1071 and 9293.

// The protocols whose messages it takes apart.
const (
	protocolICMP = 1
	protocolTCP  = 6
	protocolUDP  = 17
)

// cutPacket returns the header and the data of a packet, or what is wrong with it.
func cutPacket(p []byte) (header, data []byte, problem string) {
	if len(p) < 20 {
		return nil, nil, "ip: truncated"
	}
	length, total := int(p[0]&15)*4, int(get16(p[2:]))
	switch {
	case p[0]>>4 != 4:
		return nil, nil, "ip: not version 4"
	case length < 20 || total < length:
		return nil, nil, "ip: bad length"
	case total > len(p):
		return nil, nil, "ip: truncated"
	}
	return p[:length], p[length:total], ""
}

// isFragment reports whether the packet with this header is a part of one.
func isFragment(header []byte) bool {
	const moreFragments, offset = 0x2000, 0x1fff
	return get16(header[6:])&(moreFragments|offset) != 0
}

// Flags of TCP, from the lowest bit. The last two may be named or left out.
var flagNames = []string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"}

const sixFlags, ece, cwr = 0x3f, 0x40, 0x80

// packetLines returns the lines any of which describes p rightly: whether ECE and
// CWR are named when one of them is set, and how, is not promised.
func packetLines(p []byte) []string {
	line := packetLine(p, sixFlags)
	if line == packetLine(p, sixFlags|ece|cwr) {
		return []string{line}
	}
	six, rest, _ := strings.Cut(line, "]")
	all := []string{line}
	for _, words := range []string{" ECE", " CWR", " ECE CWR", " CWR ECE"} {
		all = append(all, strings.Replace(six+words, "[ ", "[", 1)+"]"+rest)
	}
	return all
}

// packetLine describes p. Of the flags of TCP it names those in the mask.
func packetLine(p []byte, named byte) string {
	header, data, problem := cutPacket(p)
	if problem != "" {
		return problem
	}
	line := messageLine(header, data, named)
	if internetChecksum(header) != 0 {
		line += ", header checksum bad"
	}
	return line
}

func messageLine(header, data []byte, named byte) string {
	src, _ := netip.AddrFromSlice(header[12:16])
	dst, _ := netip.AddrFromSlice(header[16:20])
	between := fmt.Sprintf("%v > %v", src, dst)
	if isFragment(header) {
		return fmt.Sprintf("fragment %s, %d bytes of protocol %d", between, len(data), header[9])
	}
	switch header[9] {
	case protocolICMP:
		return icmpLine(header, data, between)
	case protocolTCP, protocolUDP:
		if len(data) >= 4 {
			between = fmt.Sprintf("%v > %v", netip.AddrPortFrom(src, get16(data)),
				netip.AddrPortFrom(dst, get16(data[2:])))
		}
		if header[9] == protocolTCP {
			return tcpLine(header, data, between, named)
		}
		return udpLine(header, data, between)
	}
	return fmt.Sprintf("protocol %d %s, %d bytes", header[9], between, len(data))
}

func icmpLine(header, m []byte, between string) string {
	if len(m) < 8 {
		return "icmp: truncated"
	}
	what := fmt.Sprintf("type %d code %d", m[0], m[1])
	switch m[0] {
	case 0:
		what = fmt.Sprintf("echo reply id %d seq %d", get16(m[4:]), get16(m[6:]))
	case 8:
		what = fmt.Sprintf("echo request id %d seq %d", get16(m[4:]), get16(m[6:]))
	}
	return fmt.Sprintf("icmp %s %s, %d bytes, checksum %s", between, what, len(m)-8, sumWord(header, m))
}

func tcpLine(header, m []byte, between string, named byte) string {
	if len(m) < 20 {
		return "tcp: truncated"
	}
	length := int(m[12]>>4) * 4
	if length < 20 || length > len(m) {
		return "tcp: bad length"
	}
	var flags []string
	for bit, name := range flagNames {
		if m[13]&named>>bit&1 == 1 {
			flags = append(flags, name)
		}
	}
	return fmt.Sprintf("tcp %s [%s], %d bytes, checksum %s", between, strings.Join(flags, " "), len(m)-length,
		sumWord(header, m))
}

func udpLine(header, m []byte, between string) string {
	if len(m) < 8 {
		return "udp: truncated"
	}
	length := int(get16(m[4:]))
	if length < 8 || length > len(m) {
		return "udp: bad length"
	}
	return fmt.Sprintf("udp %s, %d bytes, checksum %s", between, length-8, sumWord(header, m[:length]))
}

// sumField returns where in a message of a protocol its checksum is; ok is false
// when there is none.
func sumField(protocol byte, m []byte) (field []byte, ok bool) {
	at, known := map[byte]int{protocolICMP: 2, protocolTCP: 16, protocolUDP: 6}[protocol]
	if !known || len(m) < at+2 {
		return nil, false
	}
	return m[at : at+2], true
}

// pseudoHeader returns what is summed before a message of n bytes.
func pseudoHeader(header []byte, n int) []byte {
	if header[9] == protocolICMP {
		return nil
	}
	return append(slices.Clone(header[12:20]), 0, header[9], byte(n>>8), byte(n))
}

// sumWord judges the checksum of a message.
func sumWord(header, m []byte) string {
	field, _ := sumField(header[9], m)
	pseudo := pseudoHeader(header, len(m))
	switch {
	case header[9] == protocolUDP && get16(field) == 0:
		return "absent"
	case internetChecksum(slices.Concat(pseudo, m)) == 0:
		return "ok"
	case pseudo != nil && get16(field) == ^internetChecksum(pseudo):
		return "partial"
	}
	return "bad"
}

// replyTo returns the packet that answers p, or nil when it is no echo request
// in good order.
func replyTo(p []byte) []byte {
	header, m, problem := cutPacket(p)
	if problem != "" || isFragment(header) || header[9] != protocolICMP || len(m) < 8 || m[0] != 8 ||
		internetChecksum(header) != 0 || internetChecksum(m) != 0 {
		return nil
	}
	return echoAnswer(p)
}

// echoMessage returns an ICMP echo request.
func echoMessage(id, seq uint16, data []byte) []byte {
	m := append([]byte{8, 0, 0, 0, byte(id >> 8), byte(id), byte(seq >> 8), byte(seq)}, data...)
	put16(m[2:], internetChecksum(m))
	return m
}
