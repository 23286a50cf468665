package box

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Command returns the command that runs this program in a box.
func Command(l Level, o Options) *exec.Cmd {
	if l == Open {
		cmd := plain(o)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL}
		return cmd
	}
	what, err := json.Marshal(order{Level: l, Dir: o.Dir, Keep: o.Keep, Write: o.Write, Hide: o.Hide,
		Fresh: o.Fresh, Tasks: o.Tasks, Data: o.Data, Root: os.Geteuid() == 0, Args: o.Args})
	if err != nil {
		panic(err) // it holds nothing but strings
	}
	cmd := plain(o)
	cmd.Path, cmd.Args, cmd.Dir = "/proc/self/exe", []string{reserved, string(what)}, "/"
	cmd.SysProcAttr = namespaces(l)
	return cmd
}

// namespaces are those of a level. In the user namespace we are who we are
// outside, and no one else exists.
func namespaces(l Level) *syscall.SysProcAttr {
	uid, gid := os.Geteuid(), os.Getegid()
	sys := &syscall.SysProcAttr{Setsid: true, Pdeathsig: unix.SIGKILL,
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: nobodyElse(uid), HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: nobodyElse(gid), HostID: gid, Size: 1}},
		// What the namespace lets us do must outlive one execve.
		AmbientCaps: []uintptr{unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}}
	if l == Closed {
		sys.Cloneflags |= unix.CLONE_NEWPID | unix.CLONE_NEWNS | unix.CLONE_NEWIPC
	}
	return sys
}

// nobodyElse is who we are in a box: an ordinary user. Root that has given up its powers
// could make no namespace in there (the kernel maps root alone for those that have
// CAP_SETFCAP), and scenarios that need one would be skipped.
func nobodyElse(id int) int {
	if id == 0 {
		return ordinary
	}
	return id
}

// ordinary is the number of the first ordinary user of many systems. Which it is does
// not matter.
const ordinary = 1000

// Probe returns the best place that this machine gives.
func Probe() Place {
	why := ""
	for l := Closed; l > Open; l-- {
		var said, words bytes.Buffer
		dir, err := os.MkdirTemp("", "loopback-box-")
		if err != nil {
			return Place{Why: err.Error()}
		}
		only := []string{dir}
		cmd := Command(l, Options{Dir: dir, Keep: only, Hide: only, Fresh: only, Tasks: leastTasks, Stdout: &said,
			Stderr: &words})
		err = cmd.Run()
		os.RemoveAll(dir)
		if err == nil {
			return Place{l, said.String(), why}
		}
		if why == "" {
			why = strings.TrimSpace(fmt.Sprintf("%v %s", err, words.String()))
		}
	}
	return Place{Why: why}
}

// leastTasks is the least bound that a box takes: the first 300 process IDs are given
// out once only.
const leastTasks = 301

// End kills what runs in a box. At the lowest level that is a process group.
func End(cmd *exec.Cmd) {
	if cmd.Process != nil {
		unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
		cmd.Process.Kill()
	}
}
