package build

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"loopback/tools/base/disk"
)

// Linked returns what is linked into the program that these Go files make up: the chain
// of imports by which each of the packages comes into it, from what the program's own
// text imports on. A package that is not linked in is not in the map. With no packages
// it holds all that are.
func Linked(ctx context.Context, root string, files, packages []string) (map[string][]string, error) {
	work, err := os.MkdirTemp("", "loopback-list-")
	if err != nil {
		return nil, err
	}
	defer disk.RemoveAll(work)
	source := filepath.Join(work, "source")
	if err := copied(source, files, source); err != nil { // given files lie elsewhere, and go list wants one folder
		return nil, err
	}
	if files, err = GoFiles(source); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-deps", "-f",
		`{{.ImportPath}} {{join .Imports " "}}`}, files...)...)
	cmd.Dir, cmd.Env = root, buildEnv(false, work)
	inGroup(cmd)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -deps: %w", err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) > 0 {
			imports[words[0]] = words[1:]
		}
	}
	return chains(imports, packages), nil
}

// program is what the go command calls a program whose files are named one by one.
const program = "command-line-arguments"

// chains finds the shortest way from the program to each of the packages.
func chains(imports map[string][]string, packages []string) map[string][]string {
	from := map[string]string{program: ""}
	for todo := []string{program}; len(todo) > 0; todo = todo[1:] {
		for _, next := range imports[todo[0]] {
			if _, seen := from[next]; !seen {
				from[next] = todo[0]
				todo = append(todo, next)
			}
		}
	}
	if packages == nil {
		packages = slices.Collect(maps.Keys(from))
	}
	found := map[string][]string{}
	for _, p := range packages {
		if _, ok := from[p]; !ok || p == program {
			continue
		}
		for at := p; at != program; at = from[at] {
			found[p] = append(found[p], at)
		}
		slices.Reverse(found[p])
	}
	return found
}
