package process

import "golang.org/x/sys/unix"

// fionread asks how many bytes wait in a pipe; Linux calls it TIOCINQ, see
// ioctl_tty(2).
const fionread = unix.TIOCINQ
