//go:build !linux

package wire

import "errors"

// sendEmpty cannot be had here: no socket of a Unix name keeps boundaries.
func sendEmpty(any, []byte) error { return errors.ErrUnsupported }
