//go:build !linux

package wire

import (
	"errors"
	"net/netip"
	"os"
)

// Cross makes a dial that meets one from the other side; here there is none.
func (m Maker) Cross(_, _ netip.Addr, _ int) (*os.File, error) {
	return nil, errors.ErrUnsupported
}
