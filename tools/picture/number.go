package picture

import (
	"fmt"
	"regexp"
	"strings"

	"loopback/tools/wire"
)

var (
	// The loopback addresses that a row may tell, with a port or alone.
	address = regexp.MustCompile(`127(?:\.\d{1,3}){3}(?::\d{1,5})?|\[::1\]:\d{1,5}`)
	// An identifier that a program has drawn at random: eight hexadecimal
	// digits, as a word of its own. All of them may happen to be from 0 to 9.
	identifier = regexp.MustCompile(`\b[0-9a-f]{8}\b`)
)

// A naming gives what differs from run to run the names that a picture shows,
// in the order in which they appear.
type naming struct {
	names     map[string]string
	listening int // how many addresses there are at which somebody listens
	dialling  int // how many from which somebody connects
	drawn     int // how many identifiers
}

// number gives the addresses and identifiers in events the numbers that the
// chapters use.
func number(events []wire.Event) []wire.Event {
	n := &naming{names: map[string]string{}}
	for i, e := range events {
		events[i].Text = address.ReplaceAllStringFunc(e.Text, func(real string) string {
			return n.address(real, e.Kind == wire.Connect)
		})
		events[i].Data = identifier.ReplaceAllFunc(e.Data, func(real []byte) []byte {
			return []byte(n.identifier(string(real)))
		})
	}
	return events
}

// address names an address; from says that a connection comes from there.
func (n *naming) address(real string, from bool) string {
	if name, known := n.names[real]; known {
		return name
	}
	host := "127.0.0.1"
	if strings.HasPrefix(real, "[") {
		host = "[::1]"
	}
	switch {
	case !strings.Contains(real, ":"):
		n.names[real] = host
	case from:
		n.dialling++
		n.names[real] = fmt.Sprintf("%s:%d", host, 50000+n.dialling)
	default:
		n.listening++
		n.names[real] = fmt.Sprintf("%s:%d", host, 40000+n.listening)
	}
	return n.names[real]
}

// identifier names an identifier by another of its length.
func (n *naming) identifier(real string) string {
	if _, known := n.names[real]; !known {
		n.drawn++
		n.names[real] = fmt.Sprintf("1d%06d", n.drawn)
	}
	return n.names[real]
}
