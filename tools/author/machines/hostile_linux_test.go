package machines

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"loopback/tools/base/catalogue"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
)

var full = flag.Bool("full", false, "try every hostile program, and as another user, too")

// few are the hostile programs that are tried where not all are: each reaches for something
// else, and the box keeps it from that in one way, Landlock or the grader in another.
var few = []string{"answers-for-the-grader", "detaches-without-a-trace", "digs-a-deep-folder", "hides-from-the-grader",
	"kills-everybody", "leaves-shared-memory", "limits-its-grader", "rewrites-the-scenarios", "writes-into-the-result"}

// TestHostileClass hands the hostile programs in as a class, and has it graded as whoever
// we are, and as another user, with and without namespaces. Each is bounded, and told apart from
// the others or no mark, with a reason; none has full marks; and nothing is left of any.
func TestHostileClass(t *testing.T) {
	try := newTrying(t)
	programs := hostile(t, try.root)
	process.Adopt() // what is left behind comes to us
	for _, m := range []machine{{name: "as we are"}, {name: "without namespaces", under: filtered("namespaces")}} {
		t.Run(m.name, func(t *testing.T) { gradeClass(t, try, m, programs) })
	}
	if !*full {
		return
	}
	for _, m := range []machine{{name: "another user"}, {name: "another user, without namespaces"}} {
		t.Run(m.name, func(t *testing.T) {
			home := asAnother(t, try, &m)
			if strings.Contains(m.name, "without") {
				m.under = append(m.under, filtered("namespaces")...)
				m.under[len(m.under)-1] = copyOfSelf(t, home)
			}
			m.env = append(m.env, "HOME="+home, "XDG_CACHE_HOME="+home, "GOCACHE="+home+"/build",
				"GOMODCACHE="+home+"/mod", "GOPROXY="+lend(t, try, home))
			gradeClass(t, try, m, programs)
		})
	}
}

// hostile returns the programs that are tried.
func hostile(t *testing.T, root string) (programs []catalogue.Subject) {
	t.Helper()
	all, problems := catalogue.Subjects(root, "")
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	for _, s := range all {
		if s.Kind == catalogue.Hostile && !s.Race && (*full || slices.Contains(few, s.Name)) {
			programs = append(programs, s)
		}
	}
	if len(programs) < len(few) {
		t.Fatalf("only %d hostile programs were found", len(programs))
	}
	return programs
}

// gradeClass grades the programs on a machine, and looks at what came of each.
func gradeClass(t *testing.T, try *trying, m machine, programs []catalogue.Subject) {
	dir := openFolder(t)
	if strings.Contains(m.name, "without namespaces") { // one makes a namespace, and cannot there
		programs = slices.DeleteFunc(slices.Clone(programs), func(s catalogue.Subject) bool {
			return s.Name == "hides-in-a-namespace"
		})
	}
	for _, s := range programs {
		handIn(t, try.root, filepath.Join(dir, "submissions", s.Name, s.Unit), s)
	}
	tmp, out := filepath.Join(dir, "tmp"), filepath.Join(dir, "own", "graded")
	for _, d := range []string{tmp, filepath.Dir(out)} {
		if err := os.Mkdir(d, 0o777); err != nil {
			t.Fatal(err)
		}
		os.Chmod(d, 0o777)
	}
	shared := sharedMemory()
	m.verb = "batch " + filepath.Join(dir, "submissions") + " --out " + out + " -j 2"
	m.env = append(m.env, "TMPDIR="+tmp)
	said, status := try.run(t, m)
	if status != 0 && status != 3 {
		t.Fatalf("status %d:\n%s", status, said)
	}
	known, unknown := 0, 0
	for _, s := range programs {
		switch r := resultOf(t, out, s); {
		case r == nil:
		case r.Status == result.CouldNotGrade && len(r.Flags) > 0:
			unknown++
			t.Logf("%s: no mark: %s", s.Name, strings.Join(r.Flags, ", "))
		case isKnown(s, r):
			known++
		default:
			first := r.FirstFailure()
			if first == nil {
				t.Errorf("%s: %d of %d, and nothing fails: %s", s.Name, r.Score, r.MaxScore, whyNot(r))
				continue
			}
			t.Errorf("%s fails %s (%s), and is known for %s (%s): %s %v", s.Name, first.ID, first.Code, s.Scenario,
				s.Code, first.Rationale, r.Flags)
		}
	}
	t.Logf("%d programs: %d as they are known, %d without a mark", len(programs), known, unknown)
	for _, d := range []string{tmp, filepath.Join(out, ".batch", "work")} {
		if left, _ := os.ReadDir(d); len(left) > 0 {
			t.Errorf("left in %s: %v", d, left)
		}
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes are left: %q", left)
		process.EndAdopted()
	}
	if now := sharedMemory(); now != shared {
		t.Errorf("shared memory is left:\n%s", now)
	}
}

// whyNot is what a result without a failure says of itself.
func whyNot(r *result.Result) string {
	text := r.Status + " " + r.Reason
	for _, t := range r.Tests {
		if t.Status == result.Error {
			return text + " " + t.ID + ": " + t.Rationale
		}
	}
	return text
}

// isKnown reports whether a result is what a program is known for.
func isKnown(s catalogue.Subject, r *result.Result) bool {
	if s.NotBuilt || r.Status == result.NotBuilt {
		return s.NotBuilt == (r.Status == result.NotBuilt)
	}
	first := r.FirstFailure()
	return first != nil && first.ID == s.Scenario && s.May(first.Code)
}

func resultOf(t *testing.T, out string, s catalogue.Subject) *result.Result {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(out, s.Name, s.Unit+".json"))
	var r result.Result
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		t.Errorf("%s has no result: %v", s.Name, err)
		return nil
	}
	return &r
}

// handIn copies a program's Go files.
func handIn(t *testing.T, root, to string, s catalogue.Subject) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, s.Folder, "*.go"))
	if err == nil {
		err = os.MkdirAll(to, 0o755)
	}
	for _, f := range files {
		var data []byte
		if data, err = os.ReadFile(f); err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(f)), data, 0o644)
		}
		if err != nil {
			break
		}
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", s.Folder, err)
	}
}

// openFolder is a folder for the test that another user may look into.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "loopback-class-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// asAnother makes m a machine on which an ordinary user grades, and returns that user's home.
func asAnother(t *testing.T, try *trying, m *machine) (home string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: only root can become another user")
	}
	const uid = "64124"
	m.under = []string{"setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups"}
	looks := append(slices.Clone(m.under), "test", "-r", filepath.Join(try.root, "go.mod"))
	if err := exec.Command(looks[0], looks[1:]...).Run(); err != nil {
		t.Skipf("NOT TESTED: another user cannot read the course: %v", err)
	}
	home = filepath.Join(openFolder(t), "home")
	if err := os.Mkdir(home, 0o777); err != nil {
		t.Fatal(err)
	}
	os.Chmod(home, 0o777)
	return home
}

// lend puts the module that programs may import where another user can fetch it, as from a
// proxy, and returns its address.
func lend(t *testing.T, try *trying, home string) string {
	t.Helper()
	const module = "golang.org/x/sys"
	for _, v := range try.goEnv {
		if cache, ok := strings.CutPrefix(v, "GOMODCACHE="); ok {
			from := os.DirFS(filepath.Join(cache, "cache", "download", module))
			if err := os.CopyFS(filepath.Join(home, "proxy", module), from); err != nil {
				t.Fatal(err)
			}
		}
	}
	return "file://" + home + "/proxy"
}

// copyOfSelf is this test binary, where another user can start it.
func copyOfSelf(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(self(t))
	to := filepath.Join(dir, "filter")
	if err == nil {
		err = os.WriteFile(to, data, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// children returns the command lines of the children of this process.
func children(t *testing.T) (commands []string) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		data, _ := os.ReadFile(list)
		for _, f := range strings.Fields(string(data)) {
			pid, _ := strconv.Atoi(f)
			line, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
			if name, _, _ := strings.Cut(string(line), "\x00"); name != "" && filepath.Base(name) != "go" {
				commands = append(commands, strings.ReplaceAll(string(line), "\x00", " "))
			}
		}
	}
	return commands
}

// sharedMemory is the kernel's table of System V shared memory, without times and counts.
func sharedMemory() string {
	data, _ := os.ReadFile("/proc/sysvipc/shm")
	ids := ""
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 {
			ids += f[0] + " " + f[1] + "\n"
		}
	}
	return ids
}
