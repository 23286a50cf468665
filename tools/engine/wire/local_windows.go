package wire

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// rights returns nothing: no descriptor can be handed on here.
func rights([]int) []byte { return nil }

// trySend cannot send without waiting here; its caller waits with a deadline.
func trySend(stream, []byte, []byte) (int, error) { return 0, errAgain }

// socketNumber returns 0: this system gives sockets no number.
func socketNumber(int) (uint32, error) { return 0, nil }

// HungUp reports true: this system does not tell who has a pipe.
func HungUp(*os.File, time.Duration) bool { return true }

// shortQueue cannot be had here.
func shortQueue(syscall.Conn) error { return errors.ErrUnsupported }
