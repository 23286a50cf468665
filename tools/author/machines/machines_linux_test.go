package machines

import (
	"cmp"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"loopback/tools/base/tree"
)

// A machine is one on which the course is tried.
type machine struct {
	name  string
	under []string // the command that makes it, before the course's own; see [trying.fill] for $TMP
	env   []string // NAME=value, or NAME for a variable that is not there
	grade string   // the unit, and what else is said to course grade; "00" when empty
	root  string   // where the course is; this one when empty
	// goTest is a package: in place of course grade it is go test that runs.
	goTest string
	// verb is what else the course is asked, in place of course grade.
	verb string
	exit int
	says []string // 3: one of the few lines must say so; 0: the page does, where something is left out
}

// inNet is a command in a network of its own, in which only loopback is up: its tables
// are short, as in a container.
func inNet(more string, under ...string) []string {
	return append([]string{"unshare", "-rn", "sh", "-ec", "ip link set lo up; " + more + ` exec "$@"`, "sh"}, under...)
}

// onDisk is a command whose TMPDIR is a file system of its own.
func onDisk(options string) []string {
	return []string{"unshare", "-rm", "sh", "-ec",
		"mount -t tmpfs -o " + options + ` none "$TMP"; TMPDIR="$TMP" exec "$@"`, "sh"}
}

// filtered is a command from which system calls are kept.
func filtered(what string) []string { return []string{"env", filterVar + "=" + what, "$SELF"} }

// machines are all that are tried. Each was met, or can be: containers without netlink
// (gVisor), without ptrace and namespaces (Docker), on small disks and with small limits.
var machines = []machine{
	{name: "no netlink", under: inNet("", filtered("netlink")...), grade: "01 --only 12"},
	{name: "no netlink, and datagrams", under: inNet("", filtered("netlink")...), grade: "14 --only 03"},
	{name: "no ptrace", under: filtered("ptrace"), grade: "04 --only 12"},
	{name: "no namespaces", under: filtered("namespaces"), grade: "17 --only 16",
		says: []string{"cannot be checked on this system", "namespace"}},
	{name: "no namespaces, and datagrams", under: filtered("namespaces"), grade: "14"},
	{name: "no namespaces, and a sandbox is required", under: filtered("namespaces"), grade: "00 --sandbox require",
		exit: 3, says: []string{"could not grade", "it lacks network (needs"}},
	{name: "no namespaces, and a batch requires them", under: filtered("namespaces"),
		verb: "batch $SOLUTIONS --out $OUT --unit 00 --sandbox require", exit: 3,
		says: []string{"course: could not grade: ", "it lacks network (needs", "sight (needs"}},
	{name: "no Landlock, and a sandbox is required", under: filtered("landlock"), grade: "00 --sandbox require",
		exit: 3, says: []string{"could not grade", "it lacks signals (needs Linux 6.12 with Landlock", "files (needs"}},
	{name: "no Landlock, and a result", under: filtered("landlock"), grade: "00 --format json",
		says: []string{`"lacks": "signals, files, sight, tasks"`}},
	{name: "no namespaces, and a result", under: filtered("namespaces"), grade: "00 --format json",
		says: []string{`"lacks": "network, sight, tasks"`}},
	{name: "a result", grade: "00 --format json", says: []string{`"asked": "auto"`, `"network": "namespace"`}},
	{name: "no sandbox is asked for", grade: "00 --sandbox none --format json",
		says: []string{`"asked": "none"`, `"held": ""`}},
	{name: "a sandbox is required", grade: "00 --sandbox require --format json",
		says: []string{`"asked": "require"`, `"held": "grader, signals, files, lasting, network, memory"`}},
	{name: "no IPv6", under: inNet("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6;"), grade: "01 --only 10",
		says: []string{"no IPv6 loopback address"}},
	{name: "loopback is down", under: []string{"unshare", "-rn"}, exit: 3, says: []string{"ip link set lo up"}},
	{name: "one processor", under: []string{"taskset", "-c", "0"}, grade: "01"},
	{name: "32 open files", under: []string{"prlimit", "--nofile=32:32"}, grade: "01"},
	{name: "12 open files", under: []string{"prlimit", "--nofile=12:12"}, exit: 3,
		says: []string{"too many open files; allow more open files"}},
	{name: "no program may be run from TMPDIR", under: onDisk("noexec"), exit: 3,
		says: []string{"mounted noexec: set the variable TMPDIR"}},
	{name: "a full disk", under: onDisk("size=64k"), exit: 3,
		says: []string{"no space left on device; make room"}},
	{name: "no HOME", env: []string{"HOME", "XDG_CACHE_HOME", "GOCACHE"}, exit: 3,
		says: []string{"set the variable HOME, or GOCACHE"}},
	{name: "HOME cannot be written", env: []string{"HOME=/proc/1", "XDG_CACHE_HOME", "GOCACHE"}, exit: 3,
		says: []string{"set the variable HOME, or GOCACHE"}},
	{name: "no HOME, and Go's folders elsewhere", env: []string{"HOME", "XDG_CACHE_HOME"}},
	{name: "variables of the go command", env: []string{"GOFLAGS=-mod=mod -race -v", "GOWORK=/nowhere/go.work",
		"GOTMPDIR=/nowhere", "GO111MODULE=off"}},
	{name: "a locale without UTF-8", env: []string{"LC_ALL=C", "LANG=C"}},
	{name: "nothing but the go command", env: []string{"PATH=$BIN"}},
}

// TestMachines grades references where the machine is as it says.
func TestMachines(t *testing.T) {
	try := newTrying(t)
	for _, m := range machines {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			out := tried(t, try, m)
			if strings.Contains(out, "FAIL") || strings.Contains(out, "course's authors") {
				t.Errorf("a right program, and the machine alone is as it is:\n%s", out)
			}
			if lines := strings.Count(strings.TrimSpace(out), "\n") + 1; m.exit == 3 && lines > 25 {
				t.Errorf("%d lines:\n%s", lines, out)
			}
		})
	}
}

// TestFew: with few processes and threads the course says so. Root is not limited, so
// that it is tried as another user. The grader itself needs about ten threads.
func TestFew(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: only root can become a user of its own, whose processes are counted")
	}
	try := newTrying(t)
	const uid = "64123"
	home := t.TempDir()
	for dir := home; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	out, status := try.run(t, machine{name: "few",
		under: []string{"setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups", "prlimit", "--nproc=13:13"},
		env:   []string{"HOME=" + home, "TMPDIR=" + home, "XDG_CACHE_HOME=" + home, "GOCACHE=" + home}})
	if status != 3 || !strings.Contains(unfolded(out), "allow more processes") {
		t.Errorf("status %d:\n%s", status, out)
	}
}

// unfolded joins the lines of a report again.
func unfolded(text string) string { return strings.Join(strings.Fields(text), " ") }

// trying is what all tries have in common.
type trying struct {
	root, course, bin string
	goEnv             []string // where Go's own folders are
}

// newTrying builds the course, once for all tests.
func newTrying(t *testing.T) *trying {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	if theTrying == nil {
		theTrying = build(t)
	}
	return theTrying
}

var (
	builds    sync.Mutex
	theTrying *trying
	binFolder string // removed by TestMain
)

func build(t *testing.T) *trying {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root, err := tree.Root(dir)
	if err != nil {
		t.Fatal(err)
	}
	if binFolder, err = os.MkdirTemp("", "loopback-machines-"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(binFolder, 0o755); err != nil { // another user runs what is in it
		t.Fatal(err)
	}
	try := &trying{root: root, bin: binFolder, course: filepath.Join(binFolder, "course")}
	cmd := exec.Command("go", "build", "-o", try.course, "./tools/course")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(tool, filepath.Join(try.bin, "go")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOROOT"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		try.goEnv = append(try.goEnv, name+"="+strings.TrimSpace(string(out)))
	}
	return try
}

// cannotBeMade matches what the commands say that make a machine where they may not.
var cannotBeMade = regexp.MustCompile(`(?m)^(unshare|mount|setpriv|prlimit|filter|ip|RTNETLINK answers)\b.*`)

// run grades a unit's reference on a machine, and returns what is shown and the status.
func (try *trying) run(t *testing.T, m machine) (string, int) {
	t.Helper()
	number, more, _ := strings.Cut(m.grade, " ")
	if number == "" {
		number = "00"
	}
	folders, err := filepath.Glob(filepath.Join(try.root, "solutions", number+"-*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("unit %q: %q, %v", number, folders, err)
	}
	argv := append(slices.Clone(m.under), try.course, "grade", number, "--dir", folders[0])
	argv = append(argv, strings.Fields(more)...)
	if m.verb != "" {
		argv = append(append(slices.Clone(m.under), try.course), strings.Fields(m.verb)...)
	}
	if m.goTest != "" {
		argv = append(slices.Clone(m.under), "go", "test", "-trimpath", "-count=1", "-vet=off", m.goTest)
	}
	tmp := t.TempDir()
	fill := strings.NewReplacer("$SELF", self(t), "$BIN", try.bin, "$SOLUTIONS", filepath.Join(try.root, "solutions"),
		"$OUT", filepath.Join(tmp, "graded"))
	for i := range argv {
		argv[i] = fill.Replace(argv[i])
	}
	if path, err := exec.LookPath(argv[0]); err == nil {
		argv[0] = path
	} else {
		t.Skipf("NOT TESTED: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = cmp.Or(m.root, try.root)
	env := append(os.Environ(), try.goEnv...)
	env = append(env, "TMP="+tmp, "XDG_CACHE_HOME="+tmp, "LC_ALL=C.UTF-8", "ROOT="+cmd.Dir)
	cmd.Env = varied(env, m.env, fill)
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if why := cannotBeMade.FindString(string(out)); why != "" {
		t.Skipf("NOT TESTED: this machine cannot be made so: %s", why)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// varied is env with some variables set in another way, or without them.
func varied(env, changes []string, fill *strings.Replacer) []string {
	for _, change := range changes {
		name, _, set := strings.Cut(change, "=")
		env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		if set {
			env = append(env, fill.Replace(change))
		}
	}
	return env
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}
