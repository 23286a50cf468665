package wire

import (
	"errors"
	"os"
)

// File returns a further descriptor of the listening socket, for a program that
// is to inherit it. Whoever gets it closes it.
func (l *Listener) File() (*os.File, error) {
	if l.unix != nil {
		return l.unix.File()
	}
	if l.tcp == nil {
		return nil, errors.ErrUnsupported
	}
	return l.tcp.File()
}
