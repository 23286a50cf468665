package grade

import (
	"bufio"
	"flag"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// A tiny server of system calls, and its faults.
func init() {
	for _, name := range []string{"calls", "calls-greedy", "calls-no-reuse", "calls-inherited",
		"calls-short", "calls-pipes", "calls-poll"} {
		tinyClients[name] = func(args []string) { calls(name, args[1:]) }
	}
}

func calls(name string, args []string) {
	set := flag.NewFlagSet(name, flag.ExitOnError)
	addr := set.String("listen", "", "")
	backlog := set.Int("backlog", 128, "")
	hold := set.Bool("hold", false, "")
	set.Parse(args)
	ln := callsListen(name, netip.MustParseAddrPort(*addr), *backlog)
	for first := true; ; first = false {
		wait := func() {
			if *hold && first {
				bufio.NewReader(os.Stdin).ReadString('\n')
			}
		}
		if name != "calls-greedy" {
			wait()
		}
		if name == "calls-poll" {
			_, err := unix.Poll([]unix.PollFd{{Fd: int32(ln), Events: unix.POLLIN}}, -1)
			check(err)
		}
		conn, _, err := unix.Accept(ln)
		check(err)
		if name == "calls-greedy" {
			wait()
		}
		if name != "calls-inherited" {
			unix.CloseOnExec(conn)
		}
		callsEcho(name, conn)
		unix.Close(conn)
		if name == "calls-pipes" {
			check(unix.Pipe2(make([]int, 2), unix.O_CLOEXEC))
		}
	}
}

func callsListen(name string, at netip.AddrPort, backlog int) int {
	ln, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	check(err)
	if name != "calls-no-reuse" {
		check(unix.SetsockoptInt(ln, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
	}
	check(unix.Bind(ln, &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())}))
	check(unix.Listen(ln, backlog))
	sa, err := unix.Getsockname(ln)
	check(err)
	fmt.Printf("listening on %v:%d\n", at.Addr(), sa.(*unix.SockaddrInet4).Port)
	return ln
}

func callsEcho(name string, conn int) {
	buf := make([]byte, 64<<10)
	for {
		n, _ := unix.Read(conn, buf)
		if n <= 0 {
			return
		}
		for rest := buf[:n]; len(rest) > 0; {
			n, err := unix.Write(conn, rest)
			if err == unix.EINTR {
				continue
			}
			if err != nil {
				return
			}
			if name == "calls-short" {
				break
			}
			rest = rest[n:]
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
