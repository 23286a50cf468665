package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
)

// unread is how much each client sends in the end to a server that does not read.
const unread = 4096

// A cost is what connections of one server have cost in one round, in bytes for
// each of them. Both ends of a connection are on this machine: what the kernel
// holds is held for both.
type cost struct {
	held    int
	user    float64 // the server's physical memory
	kernel  float64 // the kernel's structures, both ends
	buffers float64 // the kernel's memory for bytes, both ends, when all have been read

	waiting float64 // the kernel's memory for bytes when each client has sent some, unread

	caches map[string]float64 // parts of kernel, by the name of their cache
}

// cacheNames are the largest of the caches in which the kernel has the structures of a
// socket, and what is in them; see slabinfo(5). The kernel puts small things of one size
// into one cache, whose name then says little.
var cacheNames = []struct{ cache, holds string }{
	{"TCP", "state of TCP"},
	{"sock_inode_cache", "socket, inode"},
	{"filp", "open file"},
	{"dentry", "its name"},
}

// A state is what the machine holds at one moment, in bytes.
type state struct {
	user, slab, buffers int64

	caches map[string]int64
}

// look adds up what a server and the kernel hold.
func look(p *process.Process) (s state, err error) {
	var errs [3]error
	s.user, errs[0] = probe.Memory(probe.Look(p.PID()).PIDs)
	s.slab, errs[1] = numberIn("/proc/meminfo", "Slab:", "")
	s.slab *= 1024
	s.buffers, errs[2] = numberIn("/proc/net/sockstat", "TCP:", "mem")
	s.buffers *= int64(os.Getpagesize())
	s.caches = caches("/proc/slabinfo")
	if errors.Join(errs[:]...) != nil {
		err = errNoEvidence
	}
	return s, err
}

// numberIn returns the number in a file of /proc that comes behind a word, in the
// line that begins with another; with no word, the first in that line.
func numberIn(file, line, word string) (int64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for l := range strings.Lines(string(text)) {
		fields := strings.Fields(l)
		if len(fields) < 2 || fields[0] != line {
			continue
		}
		for i, f := range fields[:len(fields)-1] {
			if i > 0 && f == word || word == "" {
				return strconv.ParseInt(fields[i+1], 10, 64)
			}
		}
	}
	return 0, fmt.Errorf("no %s in the line %s of %s", word, line, file)
}

// weigh starts the server s, connects to it, and looks what that cost.
func (l load) weigh(s server) (c cost, err error) {
	addr, p, err := s.start("")
	if err != nil {
		return c, err
	}
	defer p.End()
	before, err := look(p)
	if err != nil {
		return c, err
	}
	clients, err := l.connect(addr)
	defer closeAll(clients)
	if err != nil {
		return c, err
	}
	idle, err := look(p)
	if err != nil {
		return c, err
	}
	if err := flood(p, clients); err != nil {
		return c, err
	}
	full, err := look(p)
	each := func(bytes int64) float64 { return float64(bytes) / float64(len(clients)) }
	c = cost{held: len(clients), user: each(idle.user - before.user), kernel: each(idle.slab - before.slab),
		buffers: each(idle.buffers - before.buffers), waiting: each(full.buffers - before.buffers),
		caches: map[string]float64{}}
	for name, bytes := range idle.caches {
		c.caches[name] = each(bytes - before.caches[name])
	}
	return c, err
}

// caches returns how many bytes are in use in the kernel's caches, as slabinfo(5)
// tells them: nothing where we may not read it.
func caches(file string) map[string]int64 {
	all := map[string]int64{}
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line) // name, objects in use, all objects, size of one
		if len(fields) < 4 {
			continue
		}
		used, err := strconv.ParseInt(fields[1], 10, 64)
		size, err2 := strconv.ParseInt(fields[3], 10, 64)
		if err == nil && err2 == nil {
			all[fields[0]] = used * size
		}
	}
	return all
}

// flood stops the server and has each client send it something.
func flood(p *process.Process, clients []*net.TCPConn) error {
	if err := stop(probe.Look(p.PID()).PIDs); err != nil {
		return err
	}
	for _, c := range clients {
		c.SetDeadline(time.Now().Add(answerBound))
		if _, err := c.Write(make([]byte, unread)); err != nil {
			return err
		}
	}
	return nil
}

const kernelRow = "kernel memory (slab), KiB"

var memoryRows = []row[cost]{
	{"connections held", func(c cost) float64 { return float64(c.held) }, whole, false},
	{"user memory (RSS), KiB", func(c cost) float64 { return c.user / 1024 }, tenths, true},
	{kernelRow, func(c cost) float64 { return c.kernel / 1024 }, tenths, false},
	{"buffers when idle, KiB", func(c cost) float64 { return c.buffers / 1024 }, tenths, false},
	{"buffers, 4 KiB unread, KiB", func(c cost) float64 { return c.waiting / 1024 }, tenths, false},
}

// memoryTable lays the costs out.
func memoryTable(head string, all []server, results [][]cost) string {
	head += "for each connection; the kernel's memory is that of both its ends, client and server\n"
	return tableOf(head, all, rowsOf(results), results)
}

// rowsOf are the rows of the table: those of the caches, behind that of the kernel's
// memory, only where they are known.
func rowsOf(results [][]cost) (rows []row[cost]) {
	for _, r := range memoryRows {
		rows = append(rows, r)
		if r.name != kernelRow || len(results[0][0].caches) == 0 {
			continue
		}
		for _, c := range cacheNames {
			name := fmt.Sprintf("  %s (%s)", c.cache, c.holds)
			value := func(f cost) float64 { return f.caches[c.cache] / 1024 }
			rows = append(rows, row[cost]{name, value, tenths, false})
		}
	}
	return rows
}
