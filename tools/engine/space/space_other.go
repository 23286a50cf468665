//go:build !linux || noevidence

package space

import (
	"errors"

	"loopback/tools/engine/process"
)

// A Space cannot be had here.
type Space struct{ Process *process.Process }

var errNone = errors.New("only Linux has network namespaces")

func start(process.Options, []string) (*Space, error) {
	return nil, &Refused{Call: "clone with CLONE_NEWUSER and CLONE_NEWNET", Why: errNone.Error()}
}

// TCP4 and the others are the kinds of sockets that a space has.
var (
	TCP4 = Kind{4, 1, 0}
	TCP6 = Kind{6, 1, 0}
	UDP4 = Kind{4, 2, 0}
	ICMP = Kind{4, 3, 1}
	Diag = Kind{0, 3, 4}
)

// Socket is never called here.
func (*Space) Socket(Kind) (int, error) { return -1, errNone }

// Become is never called here.
func (*Space) Become(string, []string) error { return errNone }

// Close is never called here.
func (*Space) Close() {}

func loopbackUp() error { return errNone }
