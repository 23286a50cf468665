//go:build !noevidence

package probe

import (
	"bytes"
	"strconv"

	"golang.org/x/sys/unix"
)

// signals are three sets of signals of one thread, a bit for each of the first
// 31: those that it blocks, ignores and catches.
type signals struct{ blocked, ignored, caught uint32 }

// signalsOf reads them from a stat file, from the state on; see proc_pid_stat(5),
// where they are the fields 32 to 34. They are called obsolete there because of
// the signals above 31; but they cost nothing, for the file is read anyway.
func signalsOf(stat []byte) signals {
	const before = 32 - 3 // the state is field 3
	for range before {
		i := bytes.IndexByte(stat, ' ')
		if i < 0 {
			return signals{}
		}
		stat = stat[i+1:]
	}
	blocked, rest := number(stat)
	ignored, rest := number(rest)
	caught, _ := number(rest)
	return signals{uint32(blocked), uint32(ignored), uint32(caught)}
}

// bit returns the place of a signal in a set.
func bit(sig unix.Signal) uint32 { return 1 << (sig - 1) }

// awaitsAlarm reports whether SIGALRM would let a sleeping process go on. The
// interval timer that sends it (setitimer(2), alarm(2)) is in no file of /proc,
// so whoever asks for the signal may have one. That is asked for by a handler,
// or by blocking it everywhere, for sigwait(3) or signalfd(2).
func awaitsAlarm(tasks []task, exe program) bool {
	if exe.golang {
		asked, ok := notifier(tasks)
		return ok && asked&bit(unix.SIGALRM) != 0
	}
	everywhere := ^uint32(0)
	for _, t := range tasks {
		everywhere &= t.blocked
	}
	return (everywhere|tasks[0].caught)&bit(unix.SIGALRM) != 0
}

// notifier returns the signals that a Go program has asked for by signal.Notify,
// of those that its runtime can block; ok is false when it has asked for none.
// The runtime catches nearly all signals and throws away those that were not
// asked for, so the handlers tell nothing. But the first Notify starts a thread
// that blocks all of these but the ones asked for (ensureSigM in
// runtime/signal_unix.go). Who asks for every signal there is gets away with it.
func notifier(tasks []task) (asked uint32, ok bool) {
	for _, t := range tasks {
		if t.blocked&telling != 0 {
			return ^t.blocked, true
		}
	}
	return 0, false
}

// telling are signals that the thread of signal.Notify blocks as a rule, and no
// other thread of a Go program does.
var telling = bit(unix.SIGALRM) | bit(unix.SIGXCPU) | bit(unix.SIGXFSZ) | bit(unix.SIGVTALRM) | bit(unix.SIGIO) | bit(
	unix.SIGPWR)

func dumpSignal(pid int) string {
	tids, _ := dirNumbers("/proc/" + strconv.Itoa(pid) + "/task")
	var tasks []task
	var buf [1024]byte
	for _, tid := range tids {
		if t := (task{pid: pid, tid: tid}); t.readState(buf[:]) && !t.ended() {
			tasks = append(tasks, t)
		}
	}
	if len(tasks) == 0 {
		return "QUIT"
	}
	if _, ok := notifier(tasks); ok || tasks[0].ignored&bit(unix.SIGQUIT) != 0 {
		return "SYS"
	}
	return "QUIT"
}
