//go:build !linux

package process

import "errors"

// LimitDescriptors works on Linux only: elsewhere a running program keeps the
// limit with which it was started.
func (p *Process) LimitDescriptors(int) error { return errors.ErrUnsupported }
