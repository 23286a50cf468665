package laws

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// golden is the file that holds the report of a wrong program.
func (s subject) golden() string { return filepath.Join(s.Folder, "report.txt") }

// checkReport compares the report of r, in its canonical form, with the recorded
// one. With Fix one that differs is recorded anew. Where the machine is Busy, what
// was seen on the way may differ, and what the report teaches must not.
func (s subject) checkReport(root string, r *result.Result, o Options) []problem.Problem {
	problems := s.checkSize(r.Text())
	file := filepath.Join(root, s.golden())
	recorded, err := os.ReadFile(file)
	now := r.Canonical()
	command := recordOf(s.Unit)
	if s.Kind == catalogue.Hostile {
		command = recordOf("hostile")
	}
	switch {
	case err == nil && record.Alike(string(recorded), now), s.otherwise(root, now),
		err == nil && o.Busy && s.teaches(r, string(recorded), now):
		return problems
	case o.Fix:
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			problems = append(problems, problem.In(s.golden(), "%v", err))
		}
		return problems
	case errors.Is(err, fs.ErrNotExist) && s.Kind == catalogue.Wrong:
		return problems // Structure says so
	case err != nil:
		return append(problems, problem.In(s.golden(), "no recorded report; record it with: %s", command))
	}
	d := diff.Diff("recorded", recorded, "now", []byte(now))
	return append(problems, problem.In(s.golden(), "the report has changed; if it should, record it with: %s\n%s",
		command, d))
}

// teaches reports whether now, the report of r, teaches what the recorded one does,
// or is about another verdict that s may get, for which nothing is recorded.
func (s subject) teaches(r *result.Result, recorded, now string) bool {
	t := r.FirstFailure()
	return record.SameLesson(recorded, now) || t != nil && slices.Contains(s.Also, t.Code)
}

// otherwise reports whether now is a right report beside the one in report.txt.
// Where the machine decides which evidence comes first there is more than one:
// then there are files report-WHEN.txt, and a report that teaches what one of
// them all teaches is right, whatever has been seen on the way to it.
func (s subject) otherwise(root, now string) bool {
	others, _ := filepath.Glob(filepath.Join(root, s.Folder, "report-*.txt"))
	if len(others) == 0 {
		return false
	}
	for _, f := range append(others, filepath.Join(root, s.golden())) {
		if data, err := os.ReadFile(f); err == nil && record.SameLesson(string(data), now) {
			return true
		}
	}
	return false
}

// checkSize makes sure that what a learner reads is one page.
func (s subject) checkSize(text string) []problem.Problem {
	if n := strings.Count(text, "\n"); n > record.ReportLines || len(text) > record.ReportBytes {
		return []problem.Problem{problem.In(s.golden(), "the report has %d lines and %d bytes; at most %d and %d", n,
			len(text),
			record.ReportLines, record.ReportBytes)}
	}
	return nil
}

// title names the subject for people.
func (s subject) title() string { return fmt.Sprintf("%s %s", s.Kind, filepath.ToSlash(s.Folder)) }
