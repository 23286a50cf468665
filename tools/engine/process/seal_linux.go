package process

import "golang.org/x/sys/unix"

// Seal closes this program to the programs that it starts, which run as the same
// user: /proc/PID/mem, environ, fd and cwd, and ptrace(2), are then for root alone
// (PR_SET_DUMPABLE in prctl(2)). Where root grades, it is CAP_SYS_PTRACE that opens
// them all the same, and no program under test is given that: see surrender. But root
// can still change every file of the system where the kernel has no Landlock, so
// marks are better not made by root.
//
// A program that is started is not sealed: execve(2) takes that back.
func Seal() { unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) }

// Seals says that Seal does something.
const Seals = true
