package process

import (
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// rounds bounds how often the process table is searched for what is left. Two
// are enough for all but those that fork faster than they are killed.
const rounds = 50

// books is what is kept besides family, under family.mu as well.
var books struct {
	started uint64  // start time of the first Process, in clock ticks since boot
	reaped  int     // how many orphans have been reaped without being hunted
	lost    []Stray // strays that End ended without knowing whose they were
}

// endAll ends the whole family of p and returns its strays.
func (p *Process) endAll() []Stray {
	family.mu.Lock()
	p.ending = true
	ended := family.live[p.pid] != p
	strays := p.findStrays(readTable())
	p.killGroup()
	family.mu.Unlock()
	select {
	case <-p.done:
	case <-time.After(dieTime):
	}
	first := hunt(prey{
		all: func(t *table) pids {
			found := p.relatives(t)
			if last() {
				found.add(t.orphans())
			}
			return found
		},
		one: func(t *table, e entry) bool {
			return e.start >= p.start && hasMark(e.pid, p.mark+"\x00") || last() && t.isOrphan(e)
		},
	})
	family.mu.Lock()
	alone := p.alone // any Process that is started may end that
	family.mu.Unlock()
	if ended && alone && len(strays) == 0 {
		return first // it was too quick to be seen the first time
	}
	return strays
}

// last reports whether all that are open are being ended, as the last two may be at
// the same time. Then every orphan may be ended, since it cannot belong to a program
// that still runs. The caller holds family.mu.
func last() bool {
	for p := range family.open {
		if !p.ending {
			return false
		}
	}
	return true
}

// killGroup kills the whole process group at once, so that no member can fork
// its way out. The number of the group is certain only while the process has
// not been reaped. After that the members are hunted one by one. The caller
// holds family.mu.
func (p *Process) killGroup() {
	if family.live[p.pid] != p {
		return
	}
	unix.Kill(-p.pid, unix.SIGKILL)
	p.proc.Signal(unix.SIGKILL) // it may have moved to another group
}

// findStrays lists what the program has left or detached. The caller holds
// family.mu.
func (p *Process) findStrays(t *table) []Stray {
	mine := p.relatives(t)
	if last() {
		orphans := t.orphans()
		if p.alone {
			mine.add(orphans)
		} else {
			for other := range family.open {
				orphans = orphans.without(other.relatives(t)) // it tells of its own
			}
			books.lost = append(books.lost, describe(t.only(orphans))...)
		}
	}
	if family.live[p.pid] == p && !t.byPID[p.pid].ending() {
		mine = mine.without(p.attached(t))
	}
	return describe(t.only(mine))
}

// describe lists those that are alive and not about to end by themselves.
func describe(entries []entry) []Stray {
	var strays []Stray
	for _, e := range entries {
		if !e.ending() {
			strays = append(strays, e.stray())
		}
	}
	return strays
}

// prey tells what to hunt. Both functions are called with family.mu held.
type prey struct {
	all func(*table) pids        // finds it in the process table
	one func(*table, entry) bool // recognises it on the spot, at least mostly
}

// hunt kills and reaps its prey until none is seen and none has ended unseen
// for a whole round. The number of rounds is bounded. The result describes
// what it came upon first.
func hunt(what prey) (first []Stray) {
	hunted := make(map[id]bool)
	for round := range rounds {
		alive, unseen := huntOnce(what, hunted)
		if len(alive) == 0 && !unseen {
			break
		}
		if len(first) == 0 {
			first = describe(alive)
		}
		killAll(alive)
		if shot := snipe(what); len(first) == 0 {
			first = shot
		}
		time.Sleep(time.Duration(min(round, 20)) * time.Millisecond)
	}
	return first
}

// huntOnce searches the process table, reaps what has ended and returns what
// is alive. It also reports whether an orphan has ended that it had not seen
// alive: then there may be more, faster than we look. Those seen are added to
// hunted, by which they are known when they are zombies without a mark.
func huntOnce(what prey, hunted map[id]bool) (alive []entry, unseen bool) {
	family.mu.Lock()
	defer family.mu.Unlock()
	before := books.reaped
	t := readTable()
	found := what.all(t)
	for _, e := range t.entries {
		known := hunted[e.id()]
		switch {
		case !found[e.pid] && !known:
		case !e.zombie():
			alive = append(alive, e)
			hunted[e.id()] = true
		case e.ppid == t.self.pid && family.live[e.pid] == nil:
			unseen = reapOrphan(e.pid) && !known || unseen
		}
	}
	reapOrphans(t)
	return alive, unseen || books.reaped > before
}

// snipe kills what it sees as soon as it sees it, the newest process first. It
// is for a process that forks and exits over and over: by the time the whole
// table is read, it is another one.
func snipe(what prey) (shot []Stray) {
	family.mu.Lock()
	defer family.mu.Unlock()
	t := &table{self: entry{pid: os.Getpid()}}
	for _, pid := range slices.Backward(readPIDs()) {
		e, ok := readEntry(pid)
		if ok && pid != t.self.pid && !e.ending() && what.one(t, e) {
			e.send(unix.SIGSTOP) // it cannot get away, but be described
			shot = append(shot, e.stray())
			e.send(unix.SIGKILL)
		}
	}
	return shot
}

// killAll kills processes. They are stopped first: none shall see another one
// die and start a replacement.
func killAll(alive []entry) {
	if len(alive) > 1 {
		for _, e := range alive {
			e.send(unix.SIGSTOP)
		}
	}
	for _, e := range alive {
		e.send(unix.SIGKILL)
	}
}

// send sends a signal to the process e stands for and to no other. Its number
// may have been given away since the table was read, so the number is pinned
// first (pidfd_open(2)) and then checked. A leader's whole group gets the
// signal where the kernel can do that (Linux 6.9).
func (e entry) send(sig unix.Signal) {
	const processGroup = 1 << 2 // PIDFD_SIGNAL_PROCESS_GROUP
	fd, err := unix.PidfdOpen(e.pid, 0)
	if err == nil {
		defer unix.Close(fd)
	} else if err == unix.ESRCH {
		return
	}
	if now, ok := readEntry(e.pid); !ok || now.id() != e.id() {
		return
	}
	if err != nil { // Linux before 5.3: there is nothing better
		unix.Kill(e.pid, sig)
		return
	}
	if e.pid == e.pgrp {
		unix.PidfdSendSignal(fd, sig, nil, processGroup)
	}
	unix.PidfdSendSignal(fd, sig, nil, 0)
}

// reapOrphan reaps an adopted process if it has ended. It names the process:
// waiting for just any child would take those of os/exec.
func reapOrphan(pid int) bool {
	got, err := unix.Wait4(pid, nil, unix.WNOHANG, nil)
	return err == nil && got == pid
}

// reapOrphans reaps all adopted processes that have ended and are known to
// come from a program under test. The caller holds family.mu, and has read t
// since it does.
func reapOrphans(t *table) {
	for _, e := range t.entries {
		if e.zombie() && t.isOrphan(e) && reapOrphan(e.pid) {
			books.reaped++
		}
	}
}

// sweep ends all strays that are left.
func sweep() []Stray {
	find := func(t *table) pids {
		found := t.marked(markBase(), 0)
		found.add(t.orphans())
		if !branded {
			found.add(t.grouped())
		}
		t.addDescendants(found)
		for p := range family.open { // started while Sweep runs
			found = found.without(p.relatives(t))
		}
		delete(found, os.Getpid())
		return found
	}
	family.mu.Lock()
	if books.started == 0 {
		family.mu.Unlock()
		return nil
	}
	t := readTable()
	strays := append(books.lost, describe(t.only(find(t)))...)
	books.lost = nil
	family.mu.Unlock()
	hunt(prey{
		all: find,
		one: func(t *table, e entry) bool { return family.live[e.pid] == nil && t.isOrphan(e) },
	})
	return strays
}
