package play

import (
	"fmt"
	"loopback/tools/engine/wire"
	"net/netip"
	"slices"
	"strings"
)

// A command is one word of the language in which scenarios are written. Its
// texts are also the reference page.
type Command struct {
	Name    string
	Args    string // as in a usage line
	Summary string // one line
	Detail  string // more, or ""
	Group   string // the heading under which the reference lists it
	run     func(s *scene, args []string)
}

// usage is what a command panics with when its arguments are wrong.
type usage string

// onConn is a command whose one argument names a connection.
func onConn(f func(*scene, *wire.Conn)) func(*scene, []string) {
	return func(s *scene, args []string) {
		exactly(1, args)
		f(s, s.conn(args[0]))
	}
}

// onConns is a command whose arguments are connections, one or more.
func onConns(f func(*scene, *wire.Conn)) func(*scene, []string) {
	return func(s *scene, args []string) {
		atLeast(1, args)
		for _, name := range args {
			f(s, s.conn(name))
		}
	}
}

// onBytes is a command whose arguments are a connection and a text.
func onBytes(f func(*scene, *wire.Conn, []byte)) func(*scene, []string) {
	return func(s *scene, args []string) {
		atLeast(2, args)
		f(s, s.conn(args[0]), s.fill.joined(args[1:]))
	}
}

// onCount is a command whose one argument is a number of clients.
func onCount(f func(*scene, int)) func(*scene, []string) {
	return func(s *scene, args []string) {
		exactly(1, args)
		f(s, count(args[0]))
	}
}

// exactly checks the number of arguments.
func exactly(n int, args []string) {
	if len(args) != n {
		panic(usage(fmt.Sprintf("%d arguments, not %d", n, len(args))))
	}
}

func atLeast(n int, args []string) {
	if len(args) < n {
		panic(usage("too few arguments"))
	}
}

// flags takes leading words that begin with a hyphen from args: those in
// switches stand alone, those in valued take the next argument. A "--" ends
// them, so that arguments of the program may begin with a hyphen, too.
func flags(args []string, switches, valued []string) (set map[string]string, rest []string) {
	set = map[string]string{}
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name := args[0]
		switch {
		case name == "--":
			return set, args[1:]
		case slices.Contains(switches, name):
			set[name], args = "yes", args[1:]
		case slices.Contains(valued, name) && len(args) > 1:
			set[name], args = args[1], args[2:]
		default:
			panic(usage("unknown flag " + name))
		}
	}
	return set, args
}

// portNumber returns the port of a numeric address.
func portNumber(addr string) int {
	at, _ := netip.ParseAddrPort(addr)
	return int(at.Port())
}
