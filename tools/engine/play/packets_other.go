//go:build !linux || noevidence

package play

import (
	"errors"

	"loopback/tools/engine/space"
)

// packets are seen on Linux only.
type packets struct {
	given   []decoding
	doing   func() string
	request []byte
	ids     map[string]string
}

var errNoPackets = errors.New("this system shows no packets")

func (*packets) open(*space.Space) error { return errNoPackets }

func (*packets) close() {}

func (*packets) next() ([]byte, bool) { return nil, false }

func (*packets) send([]byte, bool) error { return errNoPackets }
