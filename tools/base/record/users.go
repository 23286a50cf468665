package record

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// ownUser is what the canonical form calls the user who grades.
const ownUser = 1000

// firstProcess is what it calls the first process that a Unix socket names; others
// follow.
const firstProcess = 4001

// credentials is "uid N pid N", as SO_PEERCRED has it: both differ from run to run,
// and from machine to machine.
func (n *Names) credentials(text string) (length int, name string) {
	rest, ok := strings.CutPrefix(text, "uid ")
	if !ok {
		return 0, ""
	}
	uid, rest, ok := strings.Cut(rest, " pid ")
	pid := rest[:span(rest, decimal)]
	if !ok || pid == "" || uid == "" || span(uid, decimal) != len(uid) {
		return 0, ""
	}
	length = len("uid ") + len(uid) + len(" pid ") + len(pid)
	if uid == strconv.Itoa(os.Geteuid()) {
		uid = strconv.Itoa(ownUser)
	}
	if n.processes == nil {
		n.processes = map[string]int{}
	}
	if n.processes[pid] == 0 {
		n.processes[pid] = firstProcess + len(n.processes)
	}
	return length, fmt.Sprintf("uid %s pid %d", uid, n.processes[pid])
}
