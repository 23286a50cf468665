// Package argument reads what stands behind the name of a command in a scenario:
// flags, numbers, lengths of time.
package argument

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Usage is what a command panics with when its arguments are wrong.
type Usage string

// Exactly checks the number of arguments.
func Exactly(n int, args []string) {
	if len(args) != n {
		panic(Usage(fmt.Sprintf("%d arguments, not %d", n, len(args))))
	}
}

// AtLeast checks that there are n arguments or more.
func AtLeast(n int, args []string) {
	if len(args) < n {
		panic(Usage("too few arguments"))
	}
}

// Flags takes leading words that begin with a hyphen from args: those in
// switches stand alone, those in valued take the next argument. A "--" ends
// them, so that arguments of the program may begin with a hyphen, too.
func Flags(args []string, switches, valued []string) (set map[string]string, rest []string) {
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
			panic(Usage("unknown flag " + name))
		}
	}
	return set, args
}

// PortNumber returns the port of a numeric address.
func PortNumber(addr string) int {
	at, _ := netip.ParseAddrPort(addr)
	return int(at.Port())
}

// LengthOfTime reads an argument such as 1.5s, which is above 0.
func LengthOfTime(arg string) time.Duration {
	d, err := time.ParseDuration(arg)
	if err != nil || d <= 0 {
		panic(Usage("not a duration: " + arg))
	}
	return d
}
