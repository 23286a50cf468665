//go:build !noevidence

package probe

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
)

// readableCalls tells once whether the kernel says at all which system call a
// thread sleeps in.
var readableCalls = sync.OnceValue(func() bool {
	_, err := os.Stat("/proc/thread-self/syscall")
	return err == nil
})

func missing() []string {
	var lacks []string
	if !hasProc() {
		return append(lacks, "anything about processes (no /proc)")
	}
	if b, err := os.ReadFile("/proc/thread-self/schedstat"); err != nil || strings.HasPrefix(string(b), "0 0 0") {
		lacks = append(lacks, "exact processor time (no /proc/PID/schedstat: ticks and context switches instead)")
	}
	switch {
	case !hasCalls:
		lacks = append(lacks, fmt.Sprintf("whether a sleeping program has a timer (the system calls of %s are "+
			"not listed)", runtime.GOARCH))
	case !readableCalls():
		lacks = append(lacks, "whether a sleeping program has a timer (no /proc/PID/syscall)")
	case traceForbidden():
		lacks = append(lacks, "whether a sleeping program has a timer (kernel.yama.ptrace_scope forbids to ask)")
	}
	if diagWorks() {
		if infoMissing() {
			lacks = append(lacks, "how many bytes a connection has carried (no INET_DIAG_INFO)")
		}
	} else if _, err := procTable(procFiles[0]); err == nil {
		lacks = append(lacks, "a listener's backlog and how many bytes a connection has carried (no sock_diag: slow "+
			"/proc/net/tcp instead)")
	} else {
		lacks = append(lacks, "anything about sockets (neither sock_diag nor /proc/net/tcp)")
	}
	return lacks
}

// traceForbidden reports whether even a parent may not look into its children:
// yama's scope 2 asks for a capability, 3 forbids it to all.
func traceForbidden() bool {
	b, _ := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	scope := strings.TrimSpace(string(b))
	return scope == "3" || scope == "2" && os.Geteuid() != 0
}

// infoMissing reports whether the kernel keeps struct tcp_info to itself. Any
// socket would show it; without one we do not know, and do not complain.
func infoMissing() bool {
	if infoSeen.Load() {
		return false
	}
	all, err := diagDump(2, ^uint32(0)) // AF_INET, every state
	if err != nil {
		return true
	}
	for _, s := range all {
		if s.State == Established && s.Local.Addr() != (netip.Addr{}) {
			return !infoSeen.Load()
		}
	}
	return false
}

func exact() bool { return diagWorks() }
