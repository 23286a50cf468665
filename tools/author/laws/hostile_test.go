//go:build linux && !noevidence

package laws

import (
	"bytes"
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/catalogue"
	"loopback/tools/engine/process"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

var recordAll = flag.Bool("record", false, "record the reports of the hostile programs")

// What grading may cost, however hostile the program is.
const (
	// hangBound is no measure of speed: a program that burns three seconds of
	// processor time takes long on a machine with twenty others.
	hangBound = 3 * time.Minute
	// memoryBound is for the grader alone, with several floods at once. The
	// programs would take gigabytes.
	memoryBound = 256 << 20
)

// fewest is how many hostile programs there are at least: a test that finds
// none proves nothing.
const fewest = 40

// TestHostile grades every hostile program: it must be told apart from the
// others, in time, in a report that is safe to read, and leave nothing behind.
func TestHostile(t *testing.T) {
	root := rootOf(t)
	programs := hostilePrograms(t, root)
	process.StaySmall()
	process.Seal()
	tmp := emptyTemp(t)
	forgetPeak(t)
	t.Run("programs", func(t *testing.T) {
		for _, s := range programs {
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				needsFence(t, root, s)
				gradeHostile(t, root, s)
			})
		}
	})
	nothingLeft(t, tmp)
	peak := peakMemory(t)
	t.Logf("the grader needed %d MiB at its peak", peak>>20)
	if peak > memoryBound {
		t.Errorf("the grader itself needed %d MiB at its peak; at most %d", peak>>20, memoryBound>>20)
	}
}

// gradeHostile grades s and checks verdict, report and time.
func gradeHostile(t *testing.T, root string, s subject) {
	start := time.Now()
	r, err := s.grade(context.Background(), root, grade.Options{Parallel: 2, Seed: grade.FixedSeed, Private: true})
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > hangBound {
		t.Errorf("grading took %v", took)
	}
	if why := s.wrongly(r); why != "" {
		t.Error(why)
	}
	checkSafe(t, r.Text())
	if s.inUse(root, r) {
		return
	}
	for _, p := range s.checkReport(root, r, Options{Fix: *recordAll, Busy: !*full && !*recordAll}) {
		t.Error(p)
	}
}

// outside is what the doc comment says of a program that reaches for what is not its
// own: the files of the grader, its memory, its life.
const outside = "Graded only where programs are fenced in."

// needsFence skips a program that would do harm where nothing keeps it in.
func needsFence(t *testing.T, root string, s subject) {
	text, err := os.ReadFile(filepath.Join(root, s.Folder, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), outside) && process.Fences() < 2 {
		t.Skip("this kernel cannot keep a program from signalling or changing what is not its own")
	}
}

// reportInUse is the second recorded report of a program whose port somebody
// else may have.
const reportInUse = "report-in-use.txt"

// inUse reports whether r is what s gets when its port is in use.
func (s subject) inUse(root string, r *result.Result) bool {
	want, err := os.ReadFile(filepath.Join(root, s.Folder, reportInUse))
	return err == nil && string(want) == r.Canonical()
}

// TestFixedPort grades the program that binds a fixed port while somebody else
// has it, as when two graders run side by side. The code must be the same.
func TestFixedPort(t *testing.T) {
	root := rootOf(t)
	programs := hostilePrograms(t, root)
	i := slices.IndexFunc(programs, func(s subject) bool { return s.Name == "binds-a-fixed-port" })
	if i < 0 {
		t.Fatal("there is no such program")
	}
	s := programs[i]
	if ln, err := net.Listen("tcp", "127.0.0.1:8080"); err == nil {
		defer ln.Close()
	} // else somebody has it already, and may soon let go: both reports will do
	if *recordAll {
		r, err := s.grade(context.Background(), root, grade.Options{Seed: grade.FixedSeed})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, s.Folder, reportInUse), []byte(r.Canonical()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	gradeHostile(t, root, s)
}

// TestSyntaxError grades a file that no Go tool but the compiler should have
// to look at, and so is in no folder of the course.
func TestSyntaxError(t *testing.T) {
	root := rootOf(t)
	u, err := scenario.LoadUnit(root, "04-goroutine-per-client")
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{
		"a brace is missing": "package main\n\nfunc main() {\n\tfor {\n}\n",
		"not Go":             "<!DOCTYPE html>\n<p>404\x1b[31m</p>\n",
		"not text":           "\x7fELF\x02\x01\x01\x00\xff\xfe",
		"empty":              "",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := grade.GradeFolder(context.Background(), u, dir, false, grade.Options{Seed: grade.FixedSeed})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Status != result.NotBuilt || r.AllPass() {
			t.Errorf("%s: status %q, want %q", name, r.Status, result.NotBuilt)
		}
		checkSafe(t, r.Text())
	}
}

// checkSafe reports what a report must never hold: anything that a terminal
// or a build server would act upon.
func checkSafe(t *testing.T, report string) {
	t.Helper()
	for i, line := range strings.Split(report, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") {
			t.Errorf("line %d of the report is a workflow command: %q", i+1, line)
		}
		if strings.ContainsFunc(strings.ToValidUTF8(line, "\x00"), disturbs) {
			t.Errorf("line %d of the report would disturb a terminal: %q", i+1, line)
			return // the others will be like it
		}
	}
}

// disturbs reports whether r does something else than to show a character:
// control characters of both sets, and marks that reverse what follows.
func disturbs(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// hostilePrograms returns the programs in testdata/hostile.
func hostilePrograms(t *testing.T, root string) []subject {
	t.Helper()
	all, problems := subjects(root, "")
	for _, p := range problems {
		if strings.Contains(filepath.ToSlash(p.File), "/hostile/") {
			t.Error(p)
		}
	}
	all = slices.DeleteFunc(all, func(s subject) bool { return s.Kind != catalogue.Hostile })
	if len(all) < fewest {
		t.Fatalf("found %d hostile programs; there are at least %d", len(all), fewest)
	}
	return all
}

// emptyTemp makes an empty folder the temporary directory of the grader and of
// all that it starts.
func emptyTemp(t *testing.T) string {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir
}

// nothingLeft checks that no process and no file of the programs is left.
func nothingLeft(t *testing.T, tmp string) {
	t.Helper()
	for _, command := range descendants(t) {
		t.Errorf("a process is left: %s", command)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("left in the temporary directory: %s", e.Name())
	}
}

// descendants returns the command lines of all living processes below this
// one. Orphans come to this process, so that none is missed. What the go
// command leaves of its own (it looks after its counters in the background) is
// none of ours.
func descendants(t *testing.T) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Fatal("/proc cannot be read")
	}
	children := map[int][]int{}
	for _, name := range stats {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		data, err := os.ReadFile(name)
		fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
		if err != nil || len(fields) < 2 || fields[0] == "Z" || fields[0] == "X" {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
	}
	var found []string
	for todo := children[os.Getpid()]; len(todo) > 0; todo = todo[1:] {
		todo = append(todo, children[todo[0]]...)
		proc := "/proc/" + strconv.Itoa(todo[0])
		command, _ := os.ReadFile(proc + "/cmdline")
		if exe, _ := os.Readlink(proc + "/exe"); filepath.Base(exe) != "go" {
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}

// forgetPeak makes the kernel forget the most memory that this process had
// (clear_refs in proc(5)).
func forgetPeak(t *testing.T) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Logf("the peak counts from the start of the process: %v", err)
	}
}

// peakMemory returns the most memory, in bytes, that this process has had.
func peakMemory(t *testing.T) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest + " ?")[0])
	if err != nil {
		t.Fatalf("no peak of memory in /proc/self/status: %v", err)
	}
	return kib << 10
}
