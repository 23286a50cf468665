package result

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"loopback/tools/base/record"
	"loopback/tools/engine/scenario"
)

// Schema names the form of the canonical result.
const Schema = "loopback/result/v1"

// The states of a graded unit.
const (
	Graded        = "graded"
	NotBuilt      = "not_built"
	CouldNotGrade = "could_not_grade"
)

// WorkedForTheExample begins a flag: the program does what its author could see, and
// does not do it when other bytes come.
const WorkedForTheExample = "worked for the example"

// The states of one scenario.
const (
	Pass    = "pass"
	Fail    = "fail"
	Timeout = "timeout" // failed, by a bound on time
	Crashed = "crash"
	Skip    = "skip"
	Error   = "error"
)

// A Result is the canonical outcome of grading one program: every other format
// is made from it. All strings are valid UTF-8 without NUL, at most 8 KiB.
type Result struct {
	Schema     string            `json:"schema"`
	Unit       string            `json:"unit"`
	Status     string            `json:"status"`
	Score      int               `json:"score"`
	MaxScore   int               `json:"max_score"`
	Plan       []string          `json:"plan"`
	Course     string            `json:"course"` // a hash of the scenarios
	Inputs     string            `json:"inputs"` // a hash of the program's files
	Seed       int               `json:"seed"`
	TimeScale  float64           `json:"time_scale"`       // always 1: no verdict depends on it
	Sandbox    map[string]string `json:"sandbox"`          // what kept the program in
	Evidence   []string          `json:"missing_evidence"` // what this system cannot tell
	Build      BuildResult       `json:"build"`
	Tests      []*Test           `json:"tests"`
	Challenges Challenges        `json:"challenges"` // no part of the score
	Flags      []string          `json:"flags"`      // what a person should know
	Reason     string            `json:"reason"`     // why it could not be graded, "" for a scenario's sake

	// What the forms need besides, and none of them shows.
	// where the program's source is, relative to the root, or ""
	Folder string                                 `json:"-"`
	Race   bool                                   `json:"-"` // the program was built with the race detector
	Again  func(*scenario.Scenario) record.Phrase `json:"-"` // the command that runs one scenario again; may be nil
	Raced  string                                 `json:"-"` // the command that builds it with the race detector, or ""

	counted bool // challenges decide about the whole, too
}

// BuildResult says how the program was built.
type BuildResult struct {
	OK     bool   `json:"ok"`
	Millis int64  `json:"ms"`
	Output string `json:"output"`
}

// A Test is the outcome of one scenario.
type Test struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Status     string      `json:"status"`
	Points     int         `json:"points"`
	MaxPoints  int         `json:"max_points"`
	Visibility string      `json:"visibility"`
	Challenge  bool        `json:"challenge"`
	Needs      []string    `json:"needs"`
	Tags       []string    `json:"tags"`
	Millis     int64       `json:"ms"`
	Code       record.Code `json:"code"`
	Rationale  string      `json:"rationale"` // what happened
	Help       string      `json:"help"`      // the likely cause, and a hint
	Hints      []string    `json:"hints"`     // for this verdict, each a step further
	Case       string      `json:"case"`      // the heading of those hints, such as "silence when unread"
	See        string      `json:"see"`
	Expected   string      `json:"expected"`
	Actual     string      `json:"actual"`
	Compared   []string    `json:"compared,omitempty"` // both, around the first difference
	Timeline   []string    `json:"timeline"`
	Where      []string    `json:"where"`       // lines of the program: "main.go:26  in main.serve  [IO wait]"
	OutputTail []string    `json:"output_tail"` // the program's last words, where they may explain it
	File       string      `json:"file"`        // the scenario
	Line       int         `json:"line"`        // where in it the verdict fell; 0 for none

	// Events are the rows of the timeline before any is left out, and Program
	// is what it calls the program under test: "server" or "client". Together
	// they are what [record.Picture] draws. A scenario that was not run has none.
	Events  []record.Event `json:"-"`
	Program string         `json:"-"`
	names   record.Names   // for the canonical form

	// What it was made from.
	Scenario  *scenario.Scenario `json:"-"`
	Verdict   *record.Verdict    `json:"-"`
	Ran       bool               `json:"-"`
	Confirmed bool               `json:"-"` // it was run again, because its verdict rests on time
	ByProgram bool               `json:"-"` // it was skipped for what the program does
	Untouched bool               `json:"-"` // the program said that it has not been written
}

// maxString is the most that a string of the result holds.
const maxString = 8 << 10

// clean makes s fit for every reader: valid UTF-8, no NUL, not too long.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\\x00")
	if len(s) > maxString {
		s = s[:maxString]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// cleanAll cleans each of list; it never returns nil, which JSON would show.
func cleanAll(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, clean(s))
	}
	return out
}

// New plans the grading of a unit: what is planned and gets no verdict
// of its own is an error, never a pass. Missing is what evidence this system does
// not give.
func New(u *scenario.Unit, missing []string) *Result {
	r := &Result{Schema: Schema, Unit: u.Name, Status: CouldNotGrade, TimeScale: 1,
		Sandbox: map[string]string{}, Evidence: append([]string{}, missing...),
		Flags: []string{}, Build: BuildResult{OK: true}}
	for _, sc := range u.Scenarios {
		r.Plan = append(r.Plan, sc.ID)
		t := &Test{
			ID: sc.ID, Title: clean(sc.Rule), Status: Error, MaxPoints: sc.Points, Visibility: sc.Visibility,
			Challenge: sc.Challenge,
			Needs:     append([]string{}, sc.Needs...), Tags: cleanAll(sc.Tags),
			Timeline: []string{}, Hints: []string{}, Where: []string{}, OutputTail: []string{},
			Code: record.CannotGrade, Rationale: notReached, See: clean(sc.Read), File: filepath.ToSlash(sc.File),
			Scenario: sc,
		}
		if sc.Challenge {
			t.waitForRest()
		} else {
			r.MaxScore += sc.Points
		}
		r.Tests = append(r.Tests, t)
	}
	r.Course = u.WithHidden(u.Fingerprint())
	return r
}

// Settle gives t its outcome.
func (t *Test) Settle(o *record.Outcome) {
	sc := t.Scenario
	t.Millis, t.Line, t.Program, t.Events = o.Took.Milliseconds(), o.Line, o.Program, o.Events
	t.Verdict, t.Timeline, t.Points, t.Help = o.Verdict, []string{}, 0, ""
	t.Expected, t.Actual, t.Compared = "", "", nil
	t.Hints, t.Case, t.Where, t.OutputTail = []string{}, "", []string{}, []string{}
	t.names, t.ByProgram = o.Names, o.ByProgram && o.Skipped != ""
	for _, row := range o.Timeline {
		t.Timeline = append(t.Timeline, clean(row))
	}
	switch {
	case o.Skipped != "":
		t.Timeline = []string{}
		t.Status, t.Code, t.Rationale = Skip, "", clean(o.Skipped)
		return
	case o.Verdict == nil:
		t.Status, t.Code, t.Rationale, t.Points = Pass, "", "", sc.Points
		t.Line = 0 // a script may end early, when the program has ended as it may
		return
	}
	v := o.Verdict
	t.Code, t.Rationale = v.Code, clean(v.What.String())
	for _, place := range v.Where {
		t.Where = append(t.Where, clean(place.String()))
	}
	t.OutputTail = cleanAll(slices.Concat(v.Words, v.Said))
	hints, head := sc.Hints(v)
	t.Hints, t.Case = cleanAll(hints), head
	t.Help = clean(strings.TrimSpace(causeFor(sc, v) + "\n" + first(t.Hints)))
	if v.Compare {
		t.Expected = record.Quote(v.Want, len(v.Want), 400)
		t.Actual = record.Quote(v.Got, len(v.Got), 400)
		t.Compared = v.Compared()
	}
	t.Status = map[record.Code]string{record.Crash: Crashed, record.CannotGrade: Error}[v.Code]
	switch {
	case t.Status != "":
	case v.ByTime:
		t.Status = Timeout
	default:
		t.Status = Fail
	}
}

// Names returns fresh names for what differs from run to run in this test.
func (t *Test) Names() *record.Names {
	return &record.Names{Own: t.names.Own, Ports: t.names.Ports, Many: t.names.Many, Crowd: t.names.Crowd,
		Folder: t.names.Folder, Words: t.names.Words}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Sum adds up the points and decides what the whole is.
func (r *Result) Sum() {
	r.Status, r.Score = Graded, 0
	r.countChallenges()
	for _, t := range r.Tests {
		if t.Challenge && !r.alone() {
			r.sumAside(t)
			continue
		}
		r.Score += t.Points
		if t.Status == Skip && !t.Waits() {
			r.MaxScore -= t.MaxPoints // nobody is marked for what this machine lacks
			t.MaxPoints = 0
		}
		if t.Status == Error {
			r.Status = CouldNotGrade
		}
	}
}

// Waits reports whether the scenario was only left out because an earlier one
// failed: its points are lost until then.
func (t *Test) Waits() bool { return strings.HasPrefix(t.Rationale, waitsFor) }

const waitsFor = "not checked: "

// AllPass reports whether every scenario that could be run here passed.
func (r *Result) AllPass() bool {
	return r.Status == Graded && r.Score == r.MaxScore && (!r.counted || r.FirstFailure() == nil)
}

// Untouched reports whether the program said that it has not been written.
func (r *Result) Untouched() bool {
	return slices.ContainsFunc(r.Tests, func(t *Test) bool { return t.Untouched })
}

// FirstFailure returns the first scenario, in order, that did not pass, or nil.
// A race comes before the failures that it may have caused.
func (r *Result) FirstFailure() *Test {
	for _, t := range r.InOrder() {
		if t.Status != Pass && t.Status != Skip {
			return t
		}
	}
	return nil
}

// DidNotCompile is the result for a program that does not compile; output is what the
// compiler says.
func DidNotCompile(u *scenario.Unit, missing []string, output string, took time.Duration) *Result {
	r := New(u, missing)
	r.Status = NotBuilt
	r.Build = BuildResult{OK: false, Millis: took.Milliseconds(), Output: clean(output)}
	for _, t := range r.Tests {
		t.Status, t.Code, t.Rationale = Skip, "", waitsFor+"the program does not compile"
	}
	return r
}

// JSON returns the canonical result as indented JSON.
func (r *Result) JSON() ([]byte, error) {
	data, err := json.MarshalIndent(r, "", "  ")
	return append(data, '\n'), err
}

// Hold leaves t out because one that it needs has failed.
func (t *Test) Hold(need string) {
	t.leaveOut("needs " + need)
}

// HoldAfter leaves t out because the program took all the time that there is in the
// scenario slow, which comes before.
func (t *Test) HoldAfter(slow string) {
	t.leaveOut(slow + " took all the time there is")
}

func (t *Test) leaveOut(why string) {
	t.Status, t.Code, t.Rationale = Skip, "", waitsFor+why
}

// Open reports whether the verdict of t may still change: it has not been run,
// or what it rests on is time and it has not been run again.
func (t *Test) Open() bool {
	return !t.Ran && !t.Waits() || t.Verdict != nil && t.Verdict.ByTime && !t.Confirmed
}

// InOrder returns the scenarios that count in the order in which their failures are told:
// that of the report, but a race comes before what it may have caused. While
// the detector is at work scenarios about races come first.
func (r *Result) InOrder() []*Test {
	tests := r.Counting()
	if !r.Race {
		return tests
	}
	place := func(t *Test) int {
		switch {
		case t == r.Tests[0]: // the gate; while it fails nothing else is run
			return 0
		case t.Challenge:
			return 3
		case t.Scenario.Race && (t.Open() || t.Code == record.Race):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(tests, func(a, b *Test) int { return place(a) - place(b) })
	return tests
}
