package laws

import (
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"

	"loopback/tools/author/reference"
	"loopback/tools/base/called"
	"loopback/tools/base/problem"
)

// referenceFile is the generated page about the language of scenarios.
const referenceFile = "chapters/scenario-reference.md"

// Reference checks that the page about the scenario commands says what the
// commands themselves say; with fix it writes the page.
func Reference(root string, fix bool) []problem.Problem {
	want := []byte(reference.Reference())
	file := filepath.Join(root, filepath.FromSlash(referenceFile))
	if fix {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			return []problem.Problem{problem.In(referenceFile, "%v", err)}
		}
		return nil
	}
	got, err := os.ReadFile(file)
	if err != nil {
		return []problem.Problem{problem.In(referenceFile, "%v; write it with: %s check --fix", err, called.Command())}
	}
	if string(got) != string(want) {
		return []problem.Problem{problem.In(referenceFile,
			"is not what the commands say; write it with: %s check --fix\n%s", called.Command(),
			diff.Diff("page", got, "commands", want))}
	}
	return nil
}
