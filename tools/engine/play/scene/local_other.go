//go:build !linux

package scene

import (
	"errors"
	"os"

	"loopback/tools/engine/wire"
)

// What follows is never reached: needUnix has left the scenario out.

// FileNumber knows no inode on this system.
func FileNumber(string) (uint64, bool) { return 0, false }

func asOther(func() (*wire.Conn, error)) (*wire.Conn, error) { return nil, errors.ErrUnsupported }

// TryLock takes no lock on this system.
func TryLock(*os.File) bool { return false }

// TryShare takes no lock on this system.
func TryShare(*os.File) bool { return false }

// Waits reports true: this system does not tell.
func Waits(*os.File) bool { return true }

// SetWaits changes no flag on this system.
func SetWaits(*os.File, bool) error { return errors.ErrUnsupported }

// BrokenSocket is not there on this system.
func BrokenSocket([]byte) (*os.File, error) { return nil, errors.ErrUnsupported }

// GreedySocket is not there on this system.
func GreedySocket() (r, w *os.File, err error) { return nil, nil, errors.ErrUnsupported }

// MakeFIFO makes no named pipe on this system.
func MakeFIFO(string) error { return errors.ErrUnsupported }
