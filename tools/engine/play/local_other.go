//go:build !linux

package play

import (
	"errors"
	"os"

	"loopback/tools/engine/wire"
)

// What follows is never reached: needUnix has left the scenario out.

func fileNumber(string) (uint64, bool) { return 0, false }

func asOther(func() (*wire.Conn, error)) (*wire.Conn, error) { return nil, errors.ErrUnsupported }

func tryLock(*os.File) bool { return false }

func makeFIFO(string) error { return errors.ErrUnsupported }
