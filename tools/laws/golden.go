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
// about the program: times, ports, this scenario's own address, and how much
// the kernel's buffers happened to hold.
var volatile = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?m)^(    ) {0,7}\d+\.\d(   )`), "$1     #.#$2"},
	{regexp.MustCompile(`127\.\d+\.\d+\.\d+:\d+`), "127.x.x.x:PORT"},
	{regexp.MustCompile(`\[::1?\]:\d+`), "[::1]:PORT"},
	{regexp.MustCompile(`0x[0-9a-f]+`), "0xADDR"},
	{regexp.MustCompile(`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d+)?`), "DATE TIME"},
}

// Normalise replaces what differs from run to run.
func Normalise(report string) string {
	for _, v := range volatile {
		report = v.pattern.ReplaceAllString(report, v.with)
	}
	return report
}

// golden is the file that holds the report of a wrong program.
func (s Subject) golden() string { return filepath.Join(s.Folder, "report.txt") }

// checkReport compares the report of r with the recorded one; with fix it
// records it instead.
func (s Subject) checkReport(root string, r *grade.Result, fix bool) []Problem {
	file := filepath.Join(root, s.golden())
	got := Normalise(r.Text())
	problems := s.checkSize(r.Text())
	if fix {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			problems = append(problems, problem(s.golden(), "%v", err))
		}
		return problems
	}
	want, err := os.ReadFile(file)
	if err != nil {
		return append(problems, problem(s.golden(), "no recorded report; record it with: go run ./tools/course check --fix %s", s.Unit))
	}
	if string(want) != got {
		d := diff.Diff("recorded", want, "now", []byte(got))
		problems = append(problems, problem(s.golden(), "the report has changed; if it should, record it with: go run ./tools/course check --fix %s\n%s", s.Unit, d))
	}
	return problems
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
