package grade

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/base/trial"
	"loopback/tools/engine/play"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/scenario"
)

// Two servers that are not where they were asked to be, or do not say so.
func init() {
	tinyClients["at-one-address"] = func([]string) { listensAt("127.0.0.1:0") }
	tinyClients["announces-one-address"] = func([]string) { listensAt("0.0.0.0:0") }
}

// listensAt listens at addr, and says that it is 127.0.0.1.
func listensAt(addr string) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		os.Exit(1)
	}
	fmt.Printf("listening on 127.0.0.1:%d\n", ln.Addr().(*net.TCPAddr).Port)
	ln.Accept()
}

// tinyProgram is this test binary, as the tiny program of this name.
func tinyProgram(t *testing.T, name string) *scene.Program {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &scene.Program{Argv: []string{exe, tinyPrefix + name, "-"}}
}

// needSpace skips where this machine has no namespaces for us. Its words are
// those that a learner sees.
func needSpace(t *testing.T) {
	o := script(t, "# A rule.\n# namespace\nrun\nexit 0\n", tinyProgram(t, "who"))
	if o.Skipped != "" {
		t.Skip(o.Skipped)
	}
	if o.Verdict != nil {
		t.Fatalf("%+v", o.Verdict)
	}
}

// script runs one scenario.
func script(t *testing.T, text string, prog *scene.Program) *record.Outcome {
	t.Helper()
	root := trial.Course(t, map[string]string{"01-a/01-one.txtar": text})
	u, err := scenario.LoadUnit(root, "01-a")
	if err != nil {
		t.Fatal(err)
	}
	return play.Run(t.Context(), u.Scenarios[0], prog)
}

// In a namespace all is as it is outside: clients, servers, what the kernel
// says about them, and how a failure is told.
func TestNamespace(t *testing.T) {
	needSpace(t)
	for _, c := range []struct{ name, program, text, want string }{
		{"a server", "echo", "serve\ndial A B\nsend A 'hello\\n'\nrecv A 'hello\\n'\nclosewrite A\neof A\n", ""},
		{"many clients", "echo", "serve\nparallel 20\ndescriptors\n", ""},
		{"too many clients", "echo", "serve\nvisit 200\n",
			"error: testdata/01-a/01-one.txtar:4: no socket of this kind is left"},
		{"slow and small", "echo", "serve\ndial -small A\nslow A 'hello\\n'\nrecv A 'hello\\n'\nreset A\ndial B\n" +
			"stuff B\nunstuff B\n", ""},
		{"a server that keeps silent", "moody", "serve\ndial A\nsend A 'x'\nrecv A 'x'\n",
			"silence: the server is asleep, and it has read all that A sent"},
		{"root, loopback and nothing else", "who", "run\nexit 0\noutput 'uid 0, lo up, raw <nil>\\n'\n", ""},
		{"a server at all addresses", "echo", "serve -everywhere\ndial A\nsend A 'hello\\n'\nrecv A 'hello\\n'\n", ""},
		{"at one address alone", "at-one-address", "serve -everywhere\n",
			"wrong-address: the server was asked to listen on 0.0.0.0:0, every address of this machine, but listens"},
		{"announces one address", "announces-one-address", "serve -everywhere\n",
			"wrong-address: the server announced 127.0.0.1:"},
		{"a setting", "range", "run\nexit 0\noutput '40000\\t40001\\n'\n", ""},
		{"a client", "client", "listen P\nlisten -closed C\nrun $P $C\naccept A P\nrecv A 'hi'\neof A\nclose A\n" +
			"exit 0\noutput 'connection refused\\n'\n", ""},
		{"a client that never connects", "moody", "listen P\nrun 127.0.0.1:0\naccept A\n", "silence: the client"},
		{"two programs", "who", "run -as A\nrun -as B\n",
			"error: testdata/01-a/01-one.txtar:4: a namespace holds one program"},
		{"no program", "who", "listen P\n", "error: testdata/01-a/01-one.txtar: the scenario starts no program"},
		{"left processes", "forks", "run\nexit 0\n", "left-processes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			head := "# A rule.\n# sysctl net.ipv4.ip_local_port_range 40000 40001\n"
			if c.program != "range" {
				head = "# A rule.\n# namespace\n"
			}
			o := script(t, head+c.text, tinyProgram(t, c.program))
			got := ""
			if o.Verdict != nil {
				got = fmt.Sprintf("%s: %s", o.Verdict.Code, o.Verdict.What)
			}
			if o.Skipped != "" || c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q, skipped %q, want %q\n%s", got, o.Skipped, c.want, strings.Join(o.Timeline, "\n"))
			}
		})
	}
}

// Outside of a namespace no program is asked to be reached from beyond this machine.
func TestEverywhereNeedsANamespace(t *testing.T) {
	o := script(t, "# A rule.\nserve -everywhere\n", tinyProgram(t, "echo"))
	if o.Verdict == nil || !strings.Contains(o.Verdict.What.String(), "needs a scenario with the header namespace") {
		t.Errorf("%+v", o.Verdict)
	}
}

// What this machine cannot do is said with the call that failed.
func TestNamespaceRefused(t *testing.T) {
	needSpace(t)
	o := script(t, "# A rule.\n# sysctl net.ipv4.no_such_thing 1\nrun\nexit 0\n", tinyProgram(t, "who"))
	want := `needs a user and network namespace of its own, which this system refuses: setting net.ipv4.no_such_thing to "1": `
	if !strings.HasPrefix(o.Skipped, want) || o.Verdict != nil {
		t.Errorf("skipped %q, verdict %v; want %q", o.Skipped, o.Verdict, want)
	}
}

// The same works for an ordinary user, where users may have namespaces.
func TestNamespaceOrdinaryUser(t *testing.T) {
	needSpace(t)
	if os.Geteuid() != 0 {
		t.Skip("this is an ordinary user already")
	}
	dir, err := os.MkdirTemp("/tmp", "loopback-nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	os.Chmod(dir, 0o777)
	exe := filepath.Join(dir, "grade.test")
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(exe, self, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestNamespace(Refused)?$", "-test.v")
	cmd.Dir = dir
	cmd.Env = []string{"TMPDIR=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "--- SKIP: TestNamespace ") {
		t.Skipf("uid 65534: %s", out)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNamespace/left_processes") {
		t.Errorf("as uid 65534: %v\n%s", err, out)
	}
}
