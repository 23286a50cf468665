package record

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// What a program prints is not ours, and may hold anything. Here is all that a
// canonical form replaces in it: loopback addresses, ports that the grader
// holds, ids of pings, users and processes, the time that package log prints, addresses in memory, and where
// programs exchange datagrams identifiers that they have made up: words of eight
// hexadecimal digits.

// Bytes returns data with the names of what is in it.
func (n *Names) Bytes(data []byte) []byte {
	if data == nil {
		return nil
	}
	return []byte(n.Text(string(data)))
}

// Text returns foreign text with the names of what is in it.
func (n *Names) Text(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if i > 0 && within(text[i-1]) {
			b.WriteByte(text[i])
			i++
			continue
		}
		length, name := n.first(text[i:])
		if length == 0 {
			length, name = 1, text[i:i+1]
		}
		b.WriteString(name)
		i += length
	}
	return b.String()
}

// within reports whether a word goes on behind c.
func within(c byte) bool {
	return c == '.' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// first names what text begins with; length is 0 when it has no other name.
func (n *Names) first(text string) (length int, name string) {
	for _, try := range []func(string) (int, string){n.ipv4, n.ipv6, n.localhost, n.folder, n.credentials, logTime,
		memory, n.number, n.word} {
		if length, name = try(text); length > 0 {
			return length, name
		}
	}
	return 0, ""
}

// folder is the path of the scenario's own folder.
func (n *Names) folder(text string) (length int, name string) {
	if n.Folder == "" || !strings.HasPrefix(text, n.Folder+"/") {
		return 0, ""
	}
	return len(n.Folder), "FOLDER"
}

// span is how many bytes at the beginning of text are among set.
func span(text, set string) int { return len(text) - len(strings.TrimLeft(text, set)) }

const (
	decimal = "0123456789"
	hex     = "0123456789abcdef"
)

// colonPort reads ":8080".
func colonPort(text string) (length int, port uint16) {
	if !strings.HasPrefix(text, ":") {
		return 0, 0
	}
	length = 1 + span(text[1:], decimal)
	p, err := strconv.ParseUint(text[1:length], 10, 16)
	if err != nil {
		return 0, 0
	}
	return length, uint16(p)
}

func (n *Names) ipv4(text string) (int, string) {
	host := strings.TrimRight(text[:span(text, decimal+".")], ".")
	a, err := netip.ParseAddr(host)
	if err != nil || !a.IsLoopback() && !a.IsUnspecified() {
		return 0, ""
	}
	length, port := colonPort(text[len(host):])
	if length == 0 {
		return len(host), n.host(a)
	}
	return len(host) + length, n.address(netip.AddrPortFrom(a, port), false)
}

func (n *Names) ipv6(text string) (int, string) {
	if !strings.HasPrefix(text, "[") {
		return 0, ""
	}
	host, _, _ := strings.Cut(text[1:], "]")
	a, err := netip.ParseAddr(host)
	if err != nil {
		return 0, ""
	}
	length, port := colonPort(text[min(len(text), len(host)+2):])
	if length == 0 {
		return 0, ""
	}
	return len(host) + 2 + length, n.address(netip.AddrPortFrom(a, port), false)
}

func (n *Names) localhost(text string) (int, string) {
	const name = "localhost"
	if !strings.HasPrefix(text, name) {
		return 0, ""
	}
	length, port := colonPort(text[len(name):])
	if length == 0 {
		return 0, ""
	}
	return len(name) + length, name + ":" + n.port(port)
}

// logTime is what package log prints before a message.
func logTime(text string) (int, string) {
	const layout, named = "2006/01/02 15:04:05", "2009/11/10 23:00:00"
	if len(text) < len(layout) {
		return 0, ""
	}
	if _, err := time.Parse(layout, text[:len(layout)]); err != nil {
		return 0, ""
	}
	length := len(layout)
	if strings.HasPrefix(text[length:], ".") {
		length += 1 + span(text[length+1:], decimal)
	}
	return length, named
}

// memory is an address in memory, as a panic prints it.
func memory(text string) (int, string) {
	length := 0
	if strings.HasPrefix(text, "0x") {
		length = span(text[2:], hex)
	}
	if length < len("c0000000") { // others are numbers of the program's
		return 0, ""
	}
	return 2 + length, "0x…"
}

// number is a port that stands alone, of the grader's or of an address that was seen
// before, or an id.
func (n *Names) number(text string) (int, string) {
	length := span(text, decimal)
	if name, known := n.Words[text[:length]]; known {
		return length, name
	}
	p, err := strconv.ParseUint(text[:length], 10, 16)
	if err != nil || !n.seen(uint16(p)) || text[0] == '0' {
		return 0, ""
	}
	return length, n.port(uint16(p))
}

func (n *Names) word(text string) (int, string) {
	const size = 8
	if !n.datagrams || span(text, hex) != size || len(text) > size && within(text[size]) {
		return 0, ""
	}
	return size, n.identifier(text[:size])
}
