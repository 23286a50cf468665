// Package space gives a program under test a network of its own: a user
// namespace, in which it is root, with a network namespace, which has nothing
// but a loopback interface. There the program may open raw sockets, and the
// kernel can be set as a scenario needs it, without any privilege outside and
// without anybody else noticing.
//
// The grader cannot follow: a process with several threads may not enter a user
// namespace (setns(2)). But a socket belongs forever to the network namespace
// in which it was made, whoever holds it. So the program's process begins as a
// copy of the grader that brings the loopback interface up, makes all sockets
// that the grader may need, and hands them over (SCM_RIGHTS, unix(7)). Then it
// waits for the order to become the program, by execve(2): the process, its
// number and its namespaces stay what they are.
//
// Linux alone has this; elsewhere [Start] says so.
package space

import (
	"errors"
	"fmt"

	"loopback/tools/engine/process"
)

// A Kind is a kind of socket, with the three arguments of socket(2).
type Kind struct{ Family, Type, Protocol int }

// A Refused error says that this machine does not give us what a space needs.
// It is nobody's fault.
type Refused struct {
	Call string // what was tried: "clone with CLONE_NEWUSER and CLONE_NEWNET"
	Why  string // the system's answer
}

func (e *Refused) Error() string {
	return fmt.Sprintf("needs a user and network namespace of its own, which this system refuses: %s: %s",
		e.Call, e.Why)
}

// Unreachable is the name of a setting whose value is an IPv4 address to which
// the network has no way, and knows it: a dial there fails with EHOSTUNREACH.
const Unreachable = "unreachable"

// ErrNoneLeft says that all sockets of a kind have been taken.
var ErrNoneLeft = errors.New("no socket of this kind is left of those that were made in the namespace")

// Start starts a process in a space of its own. It does nothing yet but wait
// for [Space.Become]. Of o the path and the arguments do not count. Each
// setting is NAME=VALUE, where NAME is one of sysctl(8)'s that begin with
// "net.", such as net.ipv4.ip_local_port_range, or [Unreachable].
//
// The error is a [*Refused] when this machine has no namespaces for us.
// Whoever starts a Space must call Close, and End of its process.
func Start(o process.Options, settings []string) (*Space, error) { return start(o, settings) }

// LoopbackUp brings up the loopback interface of the network namespace that the
// calling thread is in, as "ip link set lo up" does. The kernel then gives it its
// addresses.
func LoopbackUp() error { return loopbackUp() }
