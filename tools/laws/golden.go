package laws

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"loopback/tools/grade"
)

// volatile lists what differs from run to run in a report and says nothing
// about the program: times, ports, ids, this scenario's own address, how much the
// kernel's buffers happened to hold, and so where in a long stream the first
// wrong byte is. Nor does the board belong to it: which of the later scenarios
// a wrong program fails may be chance; which it fails first is checked by
// [Subject.Wrongly].
var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?m)^ +\d+\.\d   `), "         #.#   "},
	{regexp.MustCompile(`127\.\d+\.\d+\.\d+:\d+`), "127.x.x.x:PORT"},
	{regexp.MustCompile(`localhost:\d+`), "localhost:PORT"},
	{regexp.MustCompile(`127\.\d+\.\d+\.\d+`), "127.x.x.x"},
	{regexp.MustCompile(`\b0\.0\.0\.0:\d+`), "0.0.0.0:PORT"},
	{regexp.MustCompile(`\[::1?\]:\d+`), "[::1]:PORT"},
	{regexp.MustCompile(`::1:\d+`), "::1:PORT"},
	{regexp.MustCompile(`(\]  )×\d+`), "$1×N"}, // how many threads have come so far is chance, and how much of a long dump is kept
	{regexp.MustCompile(`\b\d+ goroutines more`), "N goroutines more"},
	{regexp.MustCompile(`\bport \d+`), "port N"},
	{regexp.MustCompile(`(?m)^( +\| )\d+ (open|closed|filtered)$`), "${1}PORT $2"},
	{regexp.MustCompile(`\bports \d+ to \d+`), "ports N to N"},
	{regexp.MustCompile(`(?m)\b\d+-\d+$`), "FROM-TO"},
	{regexp.MustCompile(`\bfor\s+\d+\.\d\s+s\b`), "for # s"}, // a timer that fired, on a machine that may be busy
	{regexp.MustCompile(` --seed \d+`), ""},
	{regexp.MustCompile(`0x[0-9a-f]+`), "0xADDR"},
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)?`), "DATE TIME"},
	{regexp.MustCompile(`"[0-9a-f]{8}([ "\\-])`), `"ID$1`}, // an identifier that the program has made up
	{regexp.MustCompile(`(?m)("ID[^\n]*?)(?: [0-9a-f]{2})+$`), "$1 (in hexadecimal)"},
	{regexp.MustCompile(`(?m)^( +expected  +"ID.*\n +got  +"ID.*\n) +\^+$`), "$1"}, // two of them may begin alike
	{regexp.MustCompile(`(?m)^ +expected  +….*\n +got .*\n +\^+$`), "      (somewhere in a long stream)"},
	{regexp.MustCompile(`\d{1,3}(,\d{3})+`), "N"},
	{regexp.MustCompile(`(?m)(127\.x\.x\.x:PORT[^\n]*?)(?: [0-9a-f]{2})+$`), "$1 (in hexadecimal)"},
	{regexp.MustCompile(`\bid \d+`), "id N"}, // that of a ping is made from its process number
	{regexp.MustCompile(`the first \d+ bytes`), "the first N bytes"},
	{regexp.MustCompile(`standard output has \d+ bytes`), "standard output has N bytes"},
	{regexp.MustCompile(`(?m)^\S+: \d+ of \d+\n(  (ok  |FAIL|-   |ERR |★   |☆   |\.\.\.) .*\n)+`), "(the board)\n"},
	{regexp.MustCompile(`\s+\| `), " "}, // last words are wrapped, and where depends on the ports
}

// places matches where a program was that never rests, wherever it happened to
// be when it was asked, and which of its racing lines met first.
var places = regexp.MustCompile(`(?m)^(Where your program was|The lines that met)\n(    .*\n)+`)

// stoppedAt matches the place in a scenario at which it ended.
var stoppedAt = regexp.MustCompile(`(?m)(scenario: .*):\d+$`)

// Normalise replaces what differs from run to run.
func Normalise(report string) string {
	if strings.Contains(report, " ── busy-loop ") || strings.Contains(report, " ── race ") ||
		strings.Contains(report, "and the grader ended") { // it was somewhere in a loop
		report = places.ReplaceAllString(report, "")
	}
	if strings.Contains(report, " ── race ") { // when the detector noticed is chance
		report = stoppedAt.ReplaceAllString(timelines.ReplaceAllString(report, ""), "$1")
	}
	for _, v := range volatile {
		report = v.pattern.ReplaceAllString(report, v.with)
	}
	return report
}

// golden is the file that holds the report of a wrong program.
func (s Subject) golden() string { return filepath.Join(s.Folder, "report.txt") }

// checkReport compares the report of r with the recorded one, which is that of
// a real run: what is volatile may differ. With fix a report that differs in
// anything else is recorded anew.
func (s Subject) checkReport(root string, r *grade.Result, fix bool) []Problem {
	problems := s.checkSize(r.Text())
	file := filepath.Join(root, s.golden())
	recorded, err := os.ReadFile(file)
	unit := s.Unit
	if s.Kind == Hostile {
		unit = "" // they belong to no unit
	}
	want, got := Normalise(string(recorded)), Normalise(r.Text())
	same := err == nil && (want == got || sameButForRoom(string(recorded), r.Text()))
	stale := staleBoard(string(recorded), r)
	switch {
	case stale == "" && (same || s.otherwise(root, got)):
		return problems
	case fix:
		if err := os.WriteFile(file, []byte(r.Text()), 0o644); err != nil {
			problems = append(problems, problem(s.golden(), "%v", err))
		}
		return problems
	case err != nil:
		return append(problems, problem(s.golden(), "no recorded report; record it with: go run ./tools/course check --fix %s", unit))
	}
	if stale != "" {
		return append(problems, problem(s.golden(), "%s; record the report anew with: go run ./tools/course check --fix %s", stale, unit))
	}
	d := diff.Diff("recorded", []byte(want), "now", []byte(got))
	return append(problems, problem(s.golden(), "the report has changed; if it should, record it with: go run ./tools/course check --fix %s\n%s", unit, d))
}

// timelines matches what shrinks when a report has more of something else to
// tell.
var timelines = regexp.MustCompile(`(?m)^On the wire\n(    .*\n)+`)

// boardLine matches one row of the board.
var boardLine = regexp.MustCompile(`(?m)^  (ok  |FAIL|-   |ERR |★   |☆   |\.\.\.) `)

// sameButForRoom reports whether two reports differ only because one has less
// room for rows of the timeline. That is so when it has a longer board, or says
// where the program was and the other does not: a goroutine that was just on its
// way into a system call when it was asked has no place.
func sameButForRoom(a, b string) bool {
	placed := places.MatchString(a) != places.MatchString(b)
	rows := func(report string) int { return len(boardLine.FindAllString(report, -1)) }
	if !placed && rows(a) == rows(b) {
		return false
	}
	bare := func(report string) string {
		if placed {
			report = places.ReplaceAllString(report, "")
		}
		return Normalise(timelines.ReplaceAllString(report, ""))
	}
	return bare(a) == bare(b)
}

// otherwise reports whether a report, normalised, is a recorded one of those in
// report-WHEN.txt: there is more than one where other programs on the machine
// decide which of them comes.
func (s Subject) otherwise(root, report string) bool {
	files, _ := filepath.Glob(filepath.Join(root, s.Folder, "report-*.txt"))
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil && Normalise(string(data)) == report {
			return true
		}
	}
	return false
}

// The limits of a report.
const (
	maxLines = 40
	maxBytes = 4 << 10
)

func (s Subject) checkSize(text string) []Problem {
	if n := strings.Count(text, "\n"); n > maxLines || len(text) > maxBytes {
		return []Problem{problem(s.golden(), "the report has %d lines and %d bytes; at most %d and %d", n, len(text), maxLines, maxBytes)}
	}
	return nil
}

// title names the subject for people.
func (s Subject) title() string { return fmt.Sprintf("%s %s", s.Kind, filepath.ToSlash(s.Folder)) }
