//go:build !linux || noevidence

package wire

import (
	"errors"
	"time"
)

// errNoStamps is returned where the kernel does not note when bytes arrive.
var errNoStamps = errors.New("this system does not say when bytes have arrived")

// Stamp would ask the kernel to note when bytes arrive.
func (c *Conn) Stamp() error { return errNoStamps }

// ReadStamped would read bytes and say when they arrived.
func (c *Conn) ReadStamped([]byte) (int, time.Time, error) { return 0, time.Time{}, errNoStamps }

// Stamp would ask the kernel to note when datagrams arrive.
func (e *Endpoint) Stamp() error { return errNoStamps }

// Arrived would say when the datagram that waits has come.
func (e *Endpoint) Arrived() time.Time { return time.Time{} }
