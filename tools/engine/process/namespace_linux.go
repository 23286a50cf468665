package process

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// addNamespace starts the program in a new user namespace that holds a new
// network namespace: user_namespaces(7), network_namespaces(7). It has all
// capabilities there, and becomes root by what it writes itself into its
// uid_map. (We could not: a child of a program that is sealed belongs to root in
// /proc until its execve.) Outside it stays who we are, so all that we may do
// with its processes we still may.
func addNamespace(sys *syscall.SysProcAttr) error {
	sys.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET
	sys.AmbientCaps = everyCapability()
	return nil
}

// everyCapability lists the capabilities that this kernel has (capabilities(7)).
var everyCapability = sync.OnceValue(func() (all []uintptr) {
	text, _ := os.ReadFile("/proc/sys/kernel/cap_last_cap")
	last, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	for c := range last + 1 {
		all = append(all, uintptr(c))
	}
	return all
})
