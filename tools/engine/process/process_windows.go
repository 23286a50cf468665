package process

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// system is the job object that holds the program and all it starts.
type system struct{ job windows.Handle }

// attributes gives the program a console process group, so that a break event
// reaches it and not us. It does not run before it is in its job: see [Process.spawn].
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.CREATE_SUSPENDED}
}

// environment returns the environment of the program. Without SYSTEMROOT the
// system's libraries, sockets among them, do not load.
func environment(env []string, mark string) []string {
	env = append([]string{mark}, env...)
	for _, v := range env {
		if name, _, _ := strings.Cut(v, "="); strings.EqualFold(name, "SYSTEMROOT") {
			return env
		}
	}
	return append(env, "SYSTEMROOT="+os.Getenv("SYSTEMROOT"))
}

// longestCommand is how long a command line may be for CreateProcessW, without the zero
// behind it.
const longestCommand = 32766

// spawn starts the process, puts it into a job of its own and lets it run. One that has
// run already may have ended, and is refused by the job (ERROR_ACCESS_DENIED), or has
// started others, which are not in it.
func (p *Process) spawn(path string, argv []string, attr *os.ProcAttr, _ string) error {
	if len(windows.ComposeCommandLine(argv)) > longestCommand {
		return fmt.Errorf("a command line of more than 32,766 characters: %w", errors.ErrUnsupported)
	}
	job, err := newJob()
	if err != nil {
		return err
	}
	family.mu.Lock()
	defer family.mu.Unlock()
	proc, err := os.StartProcess(path, argv, attr)
	if err != nil {
		windows.CloseHandle(job)
		return err
	}
	err = assign(job, proc.Pid)
	if err == nil {
		err = letRun(proc.Pid)
	}
	if err != nil {
		proc.Kill()
		proc.Wait()
		windows.CloseHandle(job)
		return err
	}
	p.job = job
	p.register(proc)
	return nil
}

// newJob returns a job object whose members die with its last handle, which
// is ours: also when this program is killed.
func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	var info windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	if err != nil {
		windows.CloseHandle(job)
		return 0, err
	}
	return job, nil
}

// assign puts a process into a job.
func assign(job windows.Handle, pid int) error {
	h, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(pid))
	if err != nil {
		return err
	}
	defer windows.CloseHandle(h)
	return windows.AssignProcessToJobObject(job, h)
}

// letRun resumes the one thread of a process that was started suspended.
func letRun(pid int) error {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPTHREAD, 0)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(snapshot)
	var e windows.ThreadEntry32
	e.Size = uint32(unsafe.Sizeof(e))
	for err = windows.Thread32First(snapshot, &e); err == nil; err = windows.Thread32Next(snapshot, &e) {
		if e.OwnerProcessID != uint32(pid) {
			continue
		}
		h, err := windows.OpenThread(windows.THREAD_SUSPEND_RESUME, false, e.ThreadID)
		if err != nil {
			return err
		}
		defer windows.CloseHandle(h)
		_, err = windows.ResumeThread(h)
		return err
	}
	return fmt.Errorf("no thread of process %d: %w", pid, err)
}

func (p *Process) reap() (*os.ProcessState, error) {
	state, err := p.proc.Wait()
	family.mu.Lock()
	defer family.mu.Unlock()
	delete(family.live, p.pid)
	return state, err
}

// statusOf translates the state of an ended process. There are no signals.
func statusOf(state *os.ProcessState) Status { return Status{Code: state.ExitCode()} }

// Signal ends the process (KILL) or sends it a console break event (INT),
// which a Go program sees as [os.Interrupt]. All other names are errors.
func (p *Process) Signal(name string) error {
	switch strings.TrimPrefix(name, "SIG") {
	case "KILL":
		return p.proc.Kill()
	case "INT":
		if _, ended := p.Status(); ended {
			return os.ErrProcessDone
		}
		return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(p.pid))
	}
	return fmt.Errorf("signal %q: %w", name, errors.ErrUnsupported)
}

func (p *Process) killGroup() { p.proc.Kill() }

// endAll ends all members of the job.
func (p *Process) endAll() []Stray {
	_, ended := p.Status()
	var strays []Stray
	if ended {
		strays = p.members()
	}
	windows.TerminateJobObject(p.job, 1)
	select {
	case <-p.done:
	case <-time.After(dieTime):
	}
	windows.CloseHandle(p.job)
	return strays
}

// members lists the processes in the job.
func (p *Process) members() []Stray {
	// JOBOBJECT_BASIC_PROCESS_ID_LIST, with room for more than one.
	var list struct {
		Assigned, Listed uint32
		IDs              [256]uintptr
	}
	// An error for want of room still fills the list.
	windows.QueryInformationJobObject(p.job, windows.JobObjectBasicProcessIdList,
		uintptr(unsafe.Pointer(&list)), uint32(unsafe.Sizeof(list)), nil)
	names := processNames()
	var members []Stray
	for _, pid := range list.IDs[:min(int(list.Listed), len(list.IDs))] {
		members = append(members, Stray{PID: int(pid), Command: names[uint32(pid)]})
	}
	return members
}

// processNames returns the names of the executables of all processes.
func processNames() map[uint32]string {
	names := make(map[uint32]string)
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return names
	}
	defer windows.CloseHandle(snapshot)
	var e windows.ProcessEntry32
	e.Size = uint32(unsafe.Sizeof(e))
	for err = windows.Process32First(snapshot, &e); err == nil; err = windows.Process32Next(snapshot, &e) {
		names[e.ProcessID] = windows.UTF16ToString(e.ExeFile[:])
	}
	return names
}

// sweep finds nothing more than End has found.
func sweep() []Stray { return nil }
