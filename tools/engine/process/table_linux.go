package process

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// entry is one process of the process table, from /proc/PID/stat (proc(5)).
type entry struct {
	pid, ppid, pgrp, session int
	state                    byte
	flags                    uint64
	threads                  int
	start                    uint64 // clock ticks since boot
}

// id names a process for good: the kernel may give its number to another, but
// not with the same start time.
type id struct {
	pid   int
	start uint64
}

func (e entry) id() id { return id{e.pid, e.start} }

// zombie reports whether the process has ended and only waits to be reaped.
// (The first thread of a living process may have ended, which looks the same
// but for the other threads.)
func (e entry) zombie() bool {
	return (e.state == 'Z' || e.state == 'X') && e.threads <= 1
}

// ending reports whether the process has ended or is about to.
func (e entry) ending() bool {
	const exiting = 0x4 // PF_EXITING in the kernel's sched.h
	return e.zombie() || e.flags&exiting != 0 && e.threads <= 1
}

// readEntries reads the process table. Processes come and go while it is read.
func readEntries() []entry {
	pids := readPIDs()
	entries := make([]entry, 0, len(pids))
	for _, pid := range pids {
		if e, ok := readEntry(pid); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// readPIDs returns the numbers of all processes, in ascending order.
func readPIDs() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	pids := make([]int, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// readEntry reads one entry; the result is false if there is no such process.
func readEntry(pid int) (entry, bool) {
	b := readProc(pid, "stat", 4<<10)
	// The name of the command is in parentheses and may contain anything.
	i := bytes.LastIndexByte(b, ')')
	if i < 0 {
		return entry{}, false
	}
	f := strings.Fields(string(b[i+1:]))
	if len(f) < 20 {
		return entry{}, false
	}
	number := func(field int) int { n, _ := strconv.Atoi(f[field-3]); return n }
	start, _ := strconv.ParseUint(f[22-3], 10, 64)
	return entry{
		pid:     pid,
		state:   f[0][0],
		ppid:    number(4),
		pgrp:    number(5),
		session: number(6),
		flags:   uint64(number(9)),
		threads: number(20),
		start:   start,
	}, true
}

// status is what we need of /proc/PID/status.
type status struct{ noNewPrivs bool }

// readStatus reads the status of a process, or of a thread by its own number.
func readStatus(pid int) status {
	b := readProc(pid, "status", 16<<10)
	return status{noNewPrivs: bytes.Contains(b, []byte("\nNoNewPrivs:\t1\n"))}
}

// hasMark reports whether the environment of a process, as it was when the
// program was executed, contains a variable that begins with mark. It is
// false if we may not look.
func hasMark(pid int, mark string) bool {
	env := readProc(pid, "environ", 8<<20)
	return bytes.Contains(env, []byte(mark))
}

// stray describes a process.
func (e entry) stray() Stray {
	args := bytes.Split(bytes.Trim(readProc(e.pid, "cmdline", 4<<10), "\x00"), []byte{0})
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = string(arg)
	}
	command := oneLine(words)
	if command == "" { // it has hidden its arguments
		name := strings.TrimSpace(string(readProc(e.pid, "comm", 64)))
		command = "[" + oneLine([]string{name}) + "]"
	}
	return Stray{PID: e.pid, Command: command}
}

// readProc reads at most limit bytes of /proc/PID/name; nothing if there is no
// such process or it is not ours to look at.
func readProc(pid int, name string, limit int) []byte {
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid)+"/"+name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	b := make([]byte, 0, 1<<10)
	for len(b) < limit {
		b = slices.Grow(b, 512)
		n, err := unix.Read(fd, b[len(b):cap(b)])
		if err == unix.EINTR {
			continue
		}
		if n <= 0 {
			break
		}
		b = b[:len(b)+n]
	}
	return b[:min(len(b), limit)]
}
