//go:build !linux || noevidence

package packet

import (
	"errors"

	"loopback/tools/engine/space"
)

// packets are seen on Linux only.
type packets struct {
	given   []decoding
	request []byte
	ids     map[string]string
}

var errNoPackets = errors.New("this system shows no packets")

func (*packets) open(*space.Space) error { return errNoPackets }

// Close does nothing.
func (*packets) Close() {}

func (*packets) next() ([]byte, bool) { return nil, false }

func (*packets) send([]byte, bool) error { return errNoPackets }
