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

func tryShare(*os.File) bool { return false }

func waits(*os.File) bool { return true }

func brokenSocket([]byte) (*os.File, error) { return nil, errors.ErrUnsupported }

func makeFIFO(string) error { return errors.ErrUnsupported }
