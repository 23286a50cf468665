package grade

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loopback/tools/base/record"
	"loopback/tools/base/trial"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
)

// tinyUnit makes a unit of scenarios, each a script without its first comment,
// and returns it. The names are 01-one, 02-two and so on.
func tinyUnit(t *testing.T, scripts ...string) *scenario.Unit {
	t.Helper()
	files := map[string]string{}
	for i, script := range scripts {
		files["01-tiny/"+tinyNames[i]+".txtar"] = "# A rule.\n" + script + "\n"
	}
	u, err := scenario.LoadUnit(trial.Course(t, files), "01-tiny")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var tinyNames = []string{"01-one", "02-two", "03-three", "04-four"}

// gradeTiny grades the tiny program called name.
func gradeTiny(t *testing.T, u *scenario.Unit, o Options, name ...string) *result.Result {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv := append([]string{exe, tinyPrefix + name[0]}, name[1:]...)
	r, err := GradeCommand(t.Context(), u, argv, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// statuses returns what became of each scenario, in order.
func statuses(r *result.Result) string {
	var out []string
	for _, t := range r.Tests {
		s := t.Status
		if t.Code != "" {
			s += ":" + string(t.Code)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

const echoScript = "serve\ndial A\nsend A 'hi\\n'\nrecv A 'hi\\n'\nclosewrite A\neof A"

// A server that accepts and resets gets one verdict, whether the RST comes while
// the grader's connect is still on its way back or a moment later.
func TestResetAtOnce(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, "serve\ndial A\nrecv A 'hello\\n'")
	for range 30 {
		if got := statuses(gradeTiny(t, u, Options{}, "slam")); got != "fail:reset" {
			t.Fatalf("got %s, want fail:reset", got)
		}
	}
}

// A mistake in a scenario file is told with its file and line. It is an error:
// no program is marked down, and none passes, because of it.
func TestMistakesInScenarios(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"too few arguments", "serve\n\nsend A", ":4: too few arguments; usage: send NAME TEXT..."},
		{"unknown flag", "serve\ndial -tiny A",
			":3: unknown flag -tiny; usage: dial [-small|-narrow] [-elsewhere] [-at PLACE] [-port-of OTHER] " +
				"[-other-user] NAME..."},
		{"no such connection", "serve\ndial A\n# A phase.\nsend B 'hi'",
			`:5: no connection is called "B": dial or accept it first`},
		{"no program", "idle", ":2: no program runs yet: begin with serve or run"},
		{"dial before serve", "dial A", ":2: no program runs yet: begin with serve or run"},
		{"bad escape", `serve` + "\ndial A\n" + `send A '\q'`,
			`:4: "\\q" is not text with Go escapes; usage: send NAME TEXT...`},
		{"bad size", "serve\ndial A\nflood A 1GB",
			`:4: "1GB" is not a size such as 65536, 64KiB or 1MiB (at most 64MiB); usage: flood [-least LEAST] NAME SIZE`},
		{"negated", "serve\n! dial A", ":3: dial cannot be negated with !"},
		{"an empty variable", "let x ''\nserve $x", ":3: there is nothing in the variable $x"},
		{"accept without listen", "run nobody\naccept A", ":3: no such listener: begin with listen NAME"},
		{"no such program", "serve\nlog -of B 'x'", `:3: no program is called "B"`},
		{"twice the same name", "listen L\nrun -as A x\nrun -as A x",
			`:4: a program called "A" runs already; usage: run [-as NAME] [-descriptors N] [-stdin|-unreadable] ` +
				`[-full|-little|-jammed] [-words N] [--] [ARG...]`},
		{"end of stream twice", echoScript + "\neof A", ":8: A: the end of stream was already seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gradeTiny(t, tinyUnit(t, c.script), Options{}, "echo")
			one := r.Tests[0]
			if one.Status != result.Error || one.Code != record.CannotGrade || r.Status != result.CouldNotGrade ||
				r.Score != 0 {
				t.Errorf("%s, unit %s; want an error", statuses(r), r.Status)
			}
			if want := "testdata/01-tiny/01-one.txtar" + c.want; one.Rationale != want {
				t.Errorf("\ngot  %s\nwant %s", one.Rationale, want)
			}
		})
	}
}

// A command or a variable that there is not is found when the file is read: with its line,
// before anything is played, and of a hidden scenario, too.
func TestWordsThatThereAreNot(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"unknown command", "serve\nsreve", `3: unknown command "sreve" (did you mean "serve"?)`},
		{"nothing like it", "serve\ngreatly", `3: unknown command "greatly"`},
		{"behind a condition", "[linux] sreve", `2: unknown command "sreve" (did you mean "serve"?)`},
		{"a word of the player's own", "serve\nrm -rf x", `3: unknown command "rm"`},
		{"torn quote", "serve\ndial A\nsend A 'hi", "4: unterminated quoted argument"},
		{"unknown variable", "file quotes x\nserve $qotes", "3: there is no variable $qotes (did you mean $quotes?)"},
		{"in braces", "file quotes x\nserve a${qotes}b", "3: there is no variable $qotes (did you mean $quotes?)"},
		{"of another command", "ports P open\nrun $P_frist",
			"3: there is no variable $P_frist (did you mean $P_first?)"},
		{"in quotes, where that counts", "serve\nlog 'on $sever'",
			"3: there is no variable $sever (did you mean $server?)"},
		{"too early", "run $late\nfile late x", "2: there is no variable $late"},
		{"patience without its header", "serve -wait $patience", "2: there is no variable $patience"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"01-tiny/01-one.txtar": "# A rule.\n" + c.script + "\n"}
			_, err := scenario.LoadUnit(trial.Course(t, files), "01-tiny")
			if want := "testdata/01-tiny/01-one.txtar:" + c.want; err == nil || filepath.ToSlash(err.Error()) != want {
				t.Errorf("\ngot  %v\nwant %s", err, want)
			}
			hidden := scenario.Hidden{Unit: "01-tiny", ID: "90-own", File: "90-own.txtar",
				Text: []byte("# A rule.\n" + c.script + "\n")}
			if err := tinyUnit(t, echoScript).Add([]scenario.Hidden{hidden}); err == nil ||
				!strings.HasSuffix(err.Error(), "90-own.txtar:"+c.want) {
				t.Errorf("hidden: got %v, want %s", err, c.want)
			}
		})
	}
	tinyUnit(t, "# patience 1s\nports P open*3\nfile f '$nothing'\nrun -at $P $P_2 ${P_3}:$f $patience $unique # $none")
}

func TestPassAndFail(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, echoScript, echoScript)
	for name, want := range map[string]string{
		"echo":  "pass pass",
		"shout": "fail:wrong-bytes skip",
		"stub":  "fail:exited skip",
		"panic": "crash:crash skip",
		"moody": "fail:silence skip",
	} {
		r := gradeTiny(t, u, Options{}, name, "")
		if got := statuses(r); got != want {
			t.Errorf("%s: %s; want %s\n%s", name, got, want, r.Text())
		}
		if r.Untouched() != (name == "stub") {
			t.Errorf("%s: untouched %v", name, r.Untouched())
		}
	}
}

// While the gate fails nothing else is run, and what was not run is lost.
func TestGate(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, echoScript, "serve", "serve"), Options{}, "shout")
	if got := statuses(r); got != "fail:wrong-bytes skip skip" {
		t.Errorf("%s", got)
	}
	if r.Tests[2].Rationale != "not checked: needs 01-one" || r.Score != 0 || r.MaxScore != 3 {
		t.Errorf("%q, %d of %d", r.Tests[2].Rationale, r.Score, r.MaxScore)
	}
}

// What needs a scenario that failed is left out, and what needs that, too.
func TestNeeds(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, "serve", echoScript, "# needs 02-two\nserve", "# needs 03-three\nserve")
	u.Scenario("02-two").Points = 2
	r := gradeTiny(t, u, Options{}, "shout")
	if got := statuses(r); got != "pass fail:wrong-bytes skip skip" {
		t.Errorf("%s", got)
	}
	if r.Tests[2].Rationale != "not checked: needs 02-two" || r.Tests[3].Rationale != "not checked: needs 03-three" {
		t.Errorf("%q, %q", r.Tests[2].Rationale, r.Tests[3].Rationale)
	}
	if r.Score != 1 || r.MaxScore != 5 {
		t.Errorf("%d of %d points", r.Score, r.MaxScore)
	}
	if got := statuses(gradeTiny(t, u, Options{}, "echo")); got != "pass pass pass pass" {
		t.Errorf("all needs are met: %s", got)
	}
	// What cannot be graded here has not failed.
	u = tinyUnit(t, "serve", "# race\nserve", "# needs 02-two\nserve")
	if got := statuses(gradeTiny(t, u, Options{}, "echo")); got != "pass skip pass" {
		t.Errorf("a need that cannot be graded: %s", got)
	}
}

// A verdict by time is made twice. When the second is a pass nobody knows; when
// it is one that does not rest on time, it holds.
func TestDisputed(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "once-late", onceThere(t))
	if got := statuses(r); got != "error:error" || r.Status != result.CouldNotGrade {
		t.Errorf("%s, unit %s\n%s", got, r.Status, r.Text())
	}
	const want = "two runs of this scenario differ: silence in line 5 (the server has a timer of its own, but did " +
		"nothing while it slept for 1s), then a pass"
	if one := r.Tests[0]; one.Rationale != want || one.Line != 5 || r.Score != 0 {
		t.Errorf("%d points, line %d; %q, want %q", r.Score, one.Line, one.Rationale, want)
	}
	if text := r.Text(); !strings.Contains(text, "nothing came back") {
		t.Errorf("the report does not show the run that failed:\n%s", text)
	}
	r = gradeTiny(t, tinyUnit(t, echoScript), Options{}, "once-late-then-shout", onceThere(t))
	if got := statuses(r); got != "fail:wrong-bytes" || r.Status != result.Graded {
		t.Errorf("%s, unit %s: wrong bytes that were seen once are certain", got, r.Status)
	}
}

// A program that luck lets wait is run until its verdict has come twice, the same one, or
// three times when the second run has passed.
func TestNowAndThen(t *testing.T) {
	t.Parallel()
	for told, want := range map[string]string{
		"late late":                          "timeout:silence",
		"late echo late late":                "timeout:silence",
		"late echo echo late echo echo late": "timeout:silence",
		"late echo shout":                    "fail:wrong-bytes",
		"late echo late echo echo echo echo": "error:error",
	} {
		r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "as-told", teller(t, strings.Fields(told)))
		if got := statuses(r); got != want {
			t.Errorf("%s: %s, want %s", told, got, want)
		}
	}
}

// teller returns an address at which each connection gets one of these words.
func teller(t *testing.T, words []string) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for _, word := range words {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, word)
			c.Close()
		}
	}()
	return ln.Addr().String()
}

// onceThere returns an address at which one connection is taken, and no other: a
// program learns there whether it runs for the first time. It may write no file.
func onceThere(t *testing.T) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		if c, err := ln.Accept(); err == nil {
			ln.Close()
			c.Close()
		}
	}()
	return ln.Addr().String()
}

// The same verdict twice stands, and says that it is one by time.
func TestConfirmed(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, echoScript), Options{}, "late")
	if got := statuses(r); got != "timeout:silence" || r.Status != result.Graded {
		t.Errorf("%s, unit %s\n%s", got, r.Status, r.Text())
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, echoScript, "serve", echoScript)
	r := gradeTiny(t, u, Options{Only: "02-two"}, "shout")
	if got := statuses(r); got != "pass" || r.Tests[0].ID != "02-two" || len(r.Plan) != 1 ||
		r.MaxScore != 1 || !r.AllPass() {
		t.Errorf("%s, plan %v, %d of %d", got, r.Plan, r.Score, r.MaxScore)
	}
	r = gradeTiny(t, u, Options{Only: "03-three"}, "shout")
	if got := statuses(r); got != "fail:wrong-bytes" {
		t.Errorf("%s", got)
	}
}

// Where the machine is busy a part of the plan is run, the first in any case.
func TestOneIn(t *testing.T) {
	t.Parallel()
	u := tinyUnit(t, "serve", echoScript, "serve", "# challenge\n"+echoScript)
	r := gradeTiny(t, u, Options{OneIn: 2}, "shout") // of unit 01: the second and the fourth
	if got := strings.Join(r.Plan, " "); got != "01-one 02-two" || r.MaxScore != 2 {
		t.Errorf("plan %s, of %d points", got, r.MaxScore)
	}
	if got := statuses(r); got != "pass fail:wrong-bytes" {
		t.Errorf("%s", got)
	}
}

func TestRaceIsSkippedWithoutDetector(t *testing.T) {
	t.Parallel()
	r := gradeTiny(t, tinyUnit(t, "serve", "# race\nserve"), Options{}, "echo")
	if got := statuses(r); got != "pass skip" || !r.AllPass() || r.MaxScore != 1 {
		t.Errorf("%s; %d of %d", got, r.Score, r.MaxScore)
	}
	if why := r.Tests[1].Rationale; !strings.HasPrefix(why, "needs the race detector") {
		t.Errorf("%q", why)
	}
}

// What was not reached, because somebody pressed Ctrl-C, is an error.
func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, err := GradeCommand(ctx, tinyUnit(t, "serve", "serve", "serve"), []string{exe, tinyPrefix + "echo"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != result.CouldNotGrade || strings.Contains(statuses(r)[5:], result.Pass) {
		t.Errorf("%s, unit %s", statuses(r), r.Status)
	}
}

// A program that cannot be started is an error, not a failure.
func TestCannotStart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "no-program")
	trial.Write(t, file, "this is not an executable\n")
	r := grade(t.Context(), tinyUnit(t, "serve"), &graded{Program: &scene.Program{Argv: []string{file}}},
		Options{})
	if got := statuses(r); got != "error:error" || !strings.Contains(r.Tests[0].Rationale, "could not be started") {
		t.Errorf("%s: %s", got, r.Tests[0].Rationale)
	}
	if _, err := GradeCommand(t.Context(), tinyUnit(t, "serve"), []string{"./no/such/command"}, Options{}); err == nil {
		t.Error("a command that does not exist was graded")
	}
}
