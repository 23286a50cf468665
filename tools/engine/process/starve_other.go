//go:build !linux

package process

import "errors"

// LimitDescriptors would change how many descriptors a process may have while
// it runs. Only Linux can do that for another process.
func (p *Process) LimitDescriptors(int) (int, error) { return 0, errors.ErrUnsupported }
