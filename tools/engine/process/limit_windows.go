package process

import (
	"errors"
	"fmt"
)

// limited knows no limit on file descriptors or on files: this system has none.
func limited(o Options, argv []string) (string, []string, error) {
	if o.Descriptors == 0 && o.Blocks == 0 {
		return o.Path, argv, nil
	}
	return "", nil, fmt.Errorf("a limit on descriptors or files: %w", errors.ErrUnsupported)
}

// DescriptorLimit returns 0: there is no such limit.
func DescriptorLimit() int { return 0 }
