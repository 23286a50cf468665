package process

import (
	"maps"
	"os"
	"slices"
)

// pids is a set of process IDs.
type pids map[int]bool

func (s pids) add(other pids) { maps.Copy(s, other) }

func (s pids) without(other pids) pids {
	rest := make(pids)
	for pid := range s {
		if !other[pid] {
			rest[pid] = true
		}
	}
	return rest
}

// table is the process table at one moment.
type table struct {
	entries []entry
	byPID   map[int]entry
	self    entry // this program
}

func readTable() *table {
	t := &table{entries: readEntries(), byPID: make(map[int]entry)}
	for _, e := range t.entries {
		t.byPID[e.pid] = e
	}
	t.self = t.byPID[os.Getpid()]
	return t
}

// only returns the entries of a set of processes, in ascending order.
func (t *table) only(set pids) []entry {
	return slices.DeleteFunc(slices.Clone(t.entries), func(e entry) bool { return !set[e.pid] })
}

// relatives returns the family of p: the process itself unless it has been
// reaped, the members of its session and of its group, those that carry its mark, and the
// descendants of all of these. The caller holds family.mu.
func (p *Process) relatives(t *table) pids {
	found := t.marked(p.mark+"\x00", p.start)
	holder, used := t.byPID[p.pid]
	live := used && family.live[p.pid] == p
	if live {
		found[holder.pid] = true
	}
	// Once our process is reaped its number may be given away, but not before
	// the session and the group of that number are empty as well. So if somebody else has it,
	// the group is not ours either.
	if live || !used {
		for _, e := range t.entries {
			if (e.pgrp == p.pid || e.session == p.pid) && e.start >= p.start {
				found[e.pid] = true
			}
		}
	}
	t.addDescendants(found)
	for pid, other := range family.live { // programs can join other groups
		if other != p {
			delete(found, pid)
		}
	}
	delete(found, t.self.pid)
	return found
}

// attached returns the running program and those of its descendants that are
// in its group.
func (p *Process) attached(t *table) pids {
	found := pids{p.pid: true}
	t.addDescendants(found)
	for pid := range found {
		if t.byPID[pid].pgrp != p.pid && pid != p.pid {
			delete(found, pid)
		}
	}
	return found
}

// marked returns the processes that carry a mark, of those that started at the
// given time or later.
func (t *table) marked(mark string, start uint64) pids {
	start = max(start, books.started)
	found := make(pids)
	for _, e := range t.entries {
		if e.start >= start && e.pid != t.self.pid && hasMark(e.pid, mark) {
			found[e.pid] = true
		}
	}
	return found
}

// orphans returns the processes that we have adopted, and their descendants.
// The caller holds family.mu.
func (t *table) orphans() pids {
	found := make(pids)
	for _, e := range t.entries {
		if t.isOrphan(e) {
			found[e.pid] = true
		}
	}
	t.addDescendants(found)
	return found
}

// isOrphan reports whether e is our child without having been started by us:
// a program under test started it and is gone. The caller holds family.mu.
func (t *table) isOrphan(e entry) bool {
	if e.ppid != t.self.pid || e.start < books.started || family.live[e.pid] != nil {
		return false
	}
	if branded {
		return readStatus(e.pid).noNewPrivs
	}
	// Without a brand, what is in a group of ours is known to be one. Other
	// children may as well be commands of os/exec, and are left alone.
	for p := range family.open {
		if e.pgrp == p.pid {
			return true
		}
	}
	return false
}

// grouped returns those of our children that are in another process group than
// we are. Commands of os/exec stay in ours unless they are told otherwise, so
// where there is no brand, at the end of the program, this is the next best
// sign of an orphan. The caller holds family.mu.
func (t *table) grouped() pids {
	found := make(pids)
	for _, e := range t.entries {
		if e.ppid == t.self.pid && e.pgrp != t.self.pgrp && e.start >= books.started && family.live[e.pid] == nil {
			found[e.pid] = true
		}
	}
	return found
}

// addDescendants adds the descendants of all members of set.
func (t *table) addDescendants(set pids) {
	children := make(map[int][]int)
	for _, e := range t.entries {
		children[e.ppid] = append(children[e.ppid], e.pid)
	}
	var todo []int
	for pid := range set {
		todo = append(todo, pid)
	}
	for len(todo) > 0 {
		pid := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, child := range children[pid] {
			if !set[child] {
				set[child] = true
				todo = append(todo, child)
			}
		}
	}
}
