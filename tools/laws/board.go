package laws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"loopback/tools/grade"
)

var (
	boardHead = regexp.MustCompile(`^\S+: (\d+) of (\d+)\n`)
	boardRow  = regexp.MustCompile(`^  (ok  |FAIL|-   |ERR |★   |☆   ) (\S+)(?: … (\S+)$)?`)
	boardRest = regexp.MustCompile(`^  \.\.\. and \d+ more$`)
)

// staleBoard says how the board of a recorded report is not one that a report
// of this unit can have, or "". Which scenarios fail after the first may be
// chance, but all of them are listed once, in their order, and as many are ok
// as the head says.
func staleBoard(recorded string, r *grade.Result) string {
	head := boardHead.FindStringSubmatch(recorded)
	if head == nil {
		return "" // a program that was not built has none
	}
	tests := r.Shown()
	passed, whole := 0, true
	next := 0 // of tests
	_, rest, _ := strings.Cut(recorded, "\n")
	for line := range strings.Lines(rest) {
		line = strings.TrimRight(line, "\n")
		if whole = !boardRest.MatchString(line); line == "" || !whole {
			break
		}
		row := boardRow.FindStringSubmatch(line)
		if next == len(tests) {
			return fmt.Sprintf("the board has the row %q after the last scenario", line)
		}
		if row == nil || row[2] != tests[next].ID {
			return fmt.Sprintf("the board has the row %q where %s belongs", line, tests[next].ID)
		}
		last := next
		if row[3] != "" {
			last = slices.IndexFunc(tests, func(t *grade.Test) bool { return t.ID == row[3] })
		}
		if last < next {
			return fmt.Sprintf("the board has the row %q, which ends with no later scenario", line)
		}
		if row[1] == "ok  " || row[1] == grade.Passed+"   " {
			passed += last + 1 - next
		}
		next = last + 1
	}
	switch {
	case whole && next < len(tests):
		return fmt.Sprintf("the board ends before %s", tests[next].ID)
	case head[2] != fmt.Sprint(len(tests)), whole && head[1] != fmt.Sprint(passed):
		return fmt.Sprintf("the board says %q, and lists %d that are ok of %d", strings.TrimSpace(head[0]), passed, len(tests))
	}
	return ""
}
