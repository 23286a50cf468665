package laws

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"loopback/tools/base/problem"
	"loopback/tools/engine/build"
	"loopback/tools/engine/result"
	"loopback/tools/engine/scenario"
	"loopback/tools/grade"
)

// Stub checks that the untouched exercise of unit compiles, holds something to
// do, and says that it has not been written, without a panic or a hang. A stub
// that a learner has begun to work on is nobody's breach: begun reports it.
func Stub(ctx context.Context, root, unit string) (ps []problem.Problem, begun bool) {
	file := filepath.Join("exercises", unit, "main.go")
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return []problem.Problem{problem.In(file, "%v", err)}, false
	}
	text := string(data)
	if !strings.Contains(text, "notWritten()") {
		return nil, true
	}
	if !strings.Contains(text, "// TODO") {
		ps = append(ps, problem.In(file, "a stub has at least one \"// TODO\" that says what to do"))
	}
	if !strings.Contains(text, "chapters/"+unit+".md") {
		ps = append(ps, problem.In(file, "a stub says which chapter to read: chapters/%s.md", unit))
	}
	u, err := scenario.LoadUnit(root, unit)
	if err != nil {
		return append(ps, problem.In(file, "%v", err)), false
	}
	r, err := grade.GradeFolder(ctx, u, filepath.Join(root, "exercises", unit), false, grade.Options{})
	switch {
	case errors.Is(err, build.ErrElsewhere): // and not here
	case err != nil:
		ps = append(ps, problem.In(file, "%v", err))
	case r.Status == result.NotBuilt:
		ps = append(ps, problem.In(file, "the stub must compile:\n%s", r.Build.Output))
	case !r.Untouched():
		ps = append(ps, problem.In(file, "the untouched stub must print \"not written yet\" on standard error and "+
			"exit with status 1; it got:\n%s", r.Text()))
	case strings.Count(r.Text(), "\n") > 4:
		ps = append(ps, problem.In(file, "an untouched stub is told in at most four lines what to open and read:\n%s",
			r.Text()))
	}
	return ps, false
}
