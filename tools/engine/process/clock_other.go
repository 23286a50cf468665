//go:build !linux || !amd64

package process

import (
	"errors"
	"time"
)

// Advance puts the clock of a stopped process forward, where the grader knows how.
func (p *Process) Advance(time.Duration) error { return errors.ErrUnsupported }
