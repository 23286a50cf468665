package laws

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/problem"
)

// Pristine checks that the copy of the stub is there and is the stub. An
// exercise that a learner has begun is compared with nothing.
func Pristine(root, unit string, fix bool) []problem.Problem {
	exercise := filepath.Join("exercises", unit, "main.go")
	now, err := os.ReadFile(filepath.Join(root, exercise))
	if err != nil {
		return nil // the law about files says so
	}
	file := filepath.Join("testdata", unit, "stub", "main.go")
	copied, err := os.ReadFile(filepath.Join(root, file))
	untouched := bytes.Contains(now, []byte("\n\tnotWritten()\n"))
	switch {
	case err == nil && (bytes.Equal(now, copied) || !untouched):
		return nil
	case err != nil && !untouched:
		return []problem.Problem{problem.In(file,
			"the copy of the stub is missing, and exercises/%s has been begun: bring it back from Git", unit)}
	case !fix:
		what := "is missing"
		if err == nil {
			what = "differs from " + filepath.ToSlash(exercise)
		}
		return []problem.Problem{problem.In(file,
			"the copy of the stub %s; write it with: %s", what, recordOf(unit))}
	}
	path := catalogue.PristineStub(root, unit)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return []problem.Problem{problem.In(file, "%v", err)}
	}
	if err := os.WriteFile(path, now, 0o644); err != nil {
		return []problem.Problem{problem.In(file, "%v", err)}
	}
	return nil
}

// kept reports whether a file in exercises/ is a program of the learner's that
// was kept.
func kept(dir, name string) bool {
	return strings.HasPrefix(filepath.ToSlash(dir), "exercises/") && strings.HasPrefix(name, catalogue.KeptPrefix)
}
