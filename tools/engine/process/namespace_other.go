//go:build !linux

package process

import (
	"errors"
	"syscall"
)

func addNamespace(*syscall.SysProcAttr) error {
	return errors.New("only Linux has network namespaces")
}
