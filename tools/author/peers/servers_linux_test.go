package peers

import (
	"flag"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// A foreign is a right program in another language: it keeps the contract of
// these units, and so it must pass all their scenarios but those that look at
// Go source or need Go's race detector.
type foreign struct {
	name  string
	build func(t *testing.T, dir string) (argv []string) // dir is empty and the test's own
	units []string
}

var foreigners = []foreign{
	{"Python, once", script("python3", "echo_once.py"), []string{"02-echo-once"}},
	{"Python, greeter", script("python3", "greeter.py"), []string{"00-setup"}},
	{"Python, in turn", script("python3", "echo_in_turn.py"), []string{"03-echo-in-turn"}},
	{"Python, threads", script("python3", "echo_threads.py"), []string{"04-goroutine-per-client"}},
	{"Python, selectors", script("python3", "echo_selectors.py"), []string{"06-readiness-loop"}},
	{"Python, asyncio", script("python3", "echo_asyncio.py"), []string{"06-readiness-loop"}},
	{"C, in turn", compiled("gcc", "echo_in_turn.c", "-Wall", "-Wextra", "-Werror", "-O1", "-o"),
		[]string{"05-syscalls", "03-echo-in-turn"}},
	{"C, epoll", compiled("gcc", "echo_epoll.c", "-Wall", "-Wextra", "-Werror", "-O1", "-o"),
		[]string{"06-readiness-loop"}},
	{"Rust, threads", compiled("rustc", "echo_threads.rs", "-o"), []string{"04-goroutine-per-client"}},
	{"Java, threads", javaClass("EchoThreads"), []string{"04-goroutine-per-client"}},
	{"Java, selector", javaClass("EchoSelector"), []string{"06-readiness-loop"}},
	{"Python, datagrams", script("python3", "echo_udp.py"), []string{"14-datagrams"}},
	{"C, datagrams", compiled("gcc", "echo_udp.c", "-Wall", "-Wextra", "-Werror", "-O1", "-o"),
		[]string{"14-datagrams"}},
	{"Node, datagrams", script("node", "echo_udp.js"), []string{"14-datagrams"}},
	{"Python, key-value", script("python3", "kvd_threads.py"), []string{"08-framing"}},
	{"Python, with bounds", script("python3", "guarded_asyncio.py"), []string{"13-limits-and-load"}},
	{"Java, key-value", javaClass("KvdThreads"), []string{"08-framing"}},
	{"Node, key-value", script("node", "kvd.js"), []string{"08-framing"}},
	{"Python, room", script("python3", "hubd_asyncio.py"), []string{"11-backpressure"}},
	{"Python, digests", script("python3", "sumd_threads.py"), []string{"09-endings"}},
	{"Python, lines", script("python3", "lined_threads.py"), []string{"10-deadlines"}},
	{"Python, stopping", script("python3", "drained_threads.py"), []string{"12-graceful-shutdown"}},
	{"Python, agent", script("python3", "agentd_threads.py"), []string{"16-unix-sockets"}},
	{"Python, a relay", script("python3", "relayd_asyncio.py"), []string{"19-relay"}},
	{"Python, a proxy", script("python3", "proxyd_asyncio.py"), []string{"20-forward-proxy"}},
	{"Python, files", script("python3", "tftpd_threads.py"), []string{"15-reliable-transfer"}},
	{"C, files", compiled("gcc", "tftpd_poll.c", "-Wall", "-Wextra", "-Werror", "-O1", "-o"),
		[]string{"15-reliable-transfer"}},
	{"Python, TLS", script("python3", "tlsd.py"), []string{"18-tls"}},
	// Not 06: Node reads up to 32 times from one client before it looks at the next.
	{"Node", script("node", "echo.js"), []string{"04-goroutine-per-client"}},
}

// ways are scenarios that ask for what a language does in another way.
var ways = map[string]map[string]string{
	"Java, selector": {
		"49-close-on-exec": "ProcessBuilder closes all descriptors in the new process, before its exec",
	},
}

// source returns the path of a program's source.
func source(t *testing.T, file string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "servers", file))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// script starts file by an interpreter.
func script(interpreter, file string) func(*testing.T, string) []string {
	return func(t *testing.T, _ string) []string {
		return []string{tool(t, interpreter), source(t, file)}
	}
}

// compiled starts what the compiler makes of file; the last of its flags takes
// the name of the executable.
func compiled(compiler, file string, flags ...string) func(*testing.T, string) []string {
	return func(t *testing.T, dir string) []string {
		exe := filepath.Join(dir, "server")
		mustRun(t, tool(t, compiler), append(flags, exe, source(t, file))...)
		return []string{exe}
	}
}

// javaClass starts a class, in a virtual machine that compiles little and
// counts on one processor: many of them are started at once.
func javaClass(name string) func(*testing.T, string) []string {
	return func(t *testing.T, dir string) []string {
		mustRun(t, tool(t, "javac"), "-d", dir, source(t, name+".java"))
		return []string{tool(t, "java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto",
			"-cp", dir, filepath.Base(name)}
	}
}

func mustRun(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}

// full is for every night: a Java machine that begins anew for each scenario takes its time.
var full = flag.Bool("full", false,
	"grade every server, not only the first of its language, and in every scenario, not only one of four")

// some are those that are the first of their language.
func some(all []foreign) (kept []foreign) {
	seen := map[string]bool{}
	for _, f := range all {
		language, _, _ := strings.Cut(f.name, ",")
		if !seen[language] {
			kept = append(kept, f)
		}
		seen[language] = true
	}
	return kept
}

// What is right does not depend on the language.
func TestServersElsewhere(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	servers := foreigners
	if !*full {
		servers = some(servers)
	}
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			argv := s.build(t, t.TempDir())
			for _, unit := range s.units {
				u, err := scenario.LoadUnit(root, unit)
				if err != nil {
					t.Fatal(err)
				}
				passes(t, u, argv, ways[s.name])
			}
		})
	}
}

// passes grades a command; only scenarios about Go itself may be left out, and
// those that the language meets in a way of its own. A machine that is busy plays some of them.
func passes(t *testing.T, u *scenario.Unit, argv []string, ways map[string]string) {
	t.Helper()
	var how grade.Options
	if !*full {
		how.OneIn = 4
	}
	r, err := grade.GradeCommand(t.Context(), u, argv, how)
	if err != nil {
		t.Fatal(err)
	}
	done, all := 0, 0
	for _, test := range r.Tests {
		if test.Challenge {
			continue // nothing that the contract promises
		}
		all++
		switch {
		case test.Status == result.Pass:
			done++
		case ways[test.ID] != "":
			t.Logf("%s/%s: %s", u.Name, test.ID, ways[test.ID])
		case test.Status == result.Skip:
			t.Logf("%s/%s: %s", u.Name, test.ID, test.Rationale)
		default:
			t.Errorf("%s/%s: %s\n%s", u.Name, test.ID, test.Status, r.Text())
			return
		}
	}
	if most := 3 + len(ways); done < all-most {
		t.Errorf("%s: %d of %d scenarios were run", u.Name, done, all)
	}
}
