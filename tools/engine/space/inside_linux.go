//go:build !noevidence

package space

import (
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// reserved is the name under which a program that uses this package is not
// that program, but the process that waits in a namespace.
const reserved = "loopback-space"

// control is the descriptor of the process's end of the socket pair.
const control = 3

// TCP4 and the others are the kinds of sockets that every space has.
var (
	TCP4 = Kind{unix.AF_INET, unix.SOCK_STREAM, 0}
	TCP6 = Kind{unix.AF_INET6, unix.SOCK_STREAM, 0}
	UDP4 = Kind{unix.AF_INET, unix.SOCK_DGRAM, 0}
	ICMP = Kind{unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP}
	Diag = Kind{unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_SOCK_DIAG}
)

// pool says how many of each kind are made. All of them go in one message,
// which holds 253 at the most (SCM_RIGHTS in unix(7)).
var pool = []struct {
	Kind
	n int
}{{TCP4, 32}, {TCP6, 8}, {UDP4, 4}, {ICMP, 2}, {Diag, 4}}

// flat lists the kind of each socket of a pool.
func flat(pool []struct {
	Kind
	n int
}) (kinds []Kind) {
	for _, p := range pool {
		for range p.n {
			kinds = append(kinds, p.Kind)
		}
	}
	return kinds
}

// init turns this program into the process that waits, when it was started as
// that. It stands here and not in main because tests have no main of their
// own, and it comes before whatever a program under test does in its inits.
func init() {
	if os.Args[0] == reserved {
		inside(os.Args[1:])
	}
}

// inside prepares the namespace, hands the sockets over, and becomes the
// program. The first two words say who we are outside. It does not return.
func inside(words []string) {
	unix.CloseOnExec(control)
	fds, call, err := []int(nil), "becoming root of a user namespace", becomeRoot(words[0], words[1])
	if err == nil {
		fds, call, err = prepare(words[2:])
	}
	if err != nil {
		report(call + "\x00" + err.Error())
		os.Exit(1)
	}
	if err := unix.Sendmsg(control, []byte("ready"), unix.UnixRights(fds...), nil, 0); err != nil {
		report("sendmsg\x00" + err.Error())
		os.Exit(1)
	}
	for _, fd := range fds {
		unix.Close(fd) // or a listener would never end
	}
	order := make([]byte, 1<<20)
	n, _, _, _, err := recvmsg(control, order, nil)
	if err != nil || n == 0 {
		os.Exit(1) // the scenario is over
	}
	argv := strings.Split(string(order[:n]), "\x00")
	err = syscall.Exec(argv[0], argv, os.Environ())
	report(err.Error())
	os.Exit(1)
}

// becomeRoot makes us, who are uid and gid outside, root inside: user_namespaces(7).
func becomeRoot(uid, gid string) error {
	for _, f := range []struct{ file, text string }{
		{"setgroups", "deny"}, // without which no ordinary user may write the next but one
		{"uid_map", "0 " + uid + " 1"},
		{"gid_map", "0 " + gid + " 1"},
	} {
		if err := os.WriteFile("/proc/self/"+f.file, []byte(f.text), 0); err != nil {
			return bare(err)
		}
	}
	return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) // root needs none
}

// report tells the grader; if it is gone there is nobody to tell.
func report(text string) { unix.Sendto(control, []byte(text), unix.MSG_NOSIGNAL, nil) }

// prepare brings the loopback interface up, applies the settings and makes the
// sockets. When that fails, call says what.
func prepare(settings []string) (fds []int, call string, err error) {
	if err := loopbackUp(); err != nil {
		return nil, "bringing the loopback interface up", err
	}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		if name == Unreachable {
			if err := rejectRoute(value); err != nil {
				return nil, "a route that rejects " + value, err
			}
			continue
		}
		path := "/proc/sys/" + strings.ReplaceAll(name, ".", "/")
		if err := os.WriteFile(path, []byte(value), 0); err != nil {
			return nil, fmt.Sprintf("setting %s to %q", name, value), bare(err)
		}
	}
	for _, k := range flat(pool) {
		fd, err := unix.Socket(k.Family, k.Type|unix.SOCK_CLOEXEC, k.Protocol)
		if err == unix.EAFNOSUPPORT && k.Family == unix.AF_INET6 {
			// A kernel without IPv6: whoever takes this socket will hear so.
			fd, err = unix.Socket(unix.AF_INET, k.Type|unix.SOCK_CLOEXEC, k.Protocol)
		}
		if err != nil {
			return nil, fmt.Sprintf("socket(%d, %d, %d)", k.Family, k.Type, k.Protocol), err
		}
		fds = append(fds, fd)
	}
	return fds, "", nil
}

// bare takes the path off an error, which would only confuse.
func bare(err error) error {
	if p, ok := err.(*os.PathError); ok {
		return p.Err
	}
	return err
}

// loopbackUp is LoopbackUp, by SIOCSIFFLAGS: netdevice(7).
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, lo); err != nil {
		return err
	}
	lo.SetUint16(lo.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
