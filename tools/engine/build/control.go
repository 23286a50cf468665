package build

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// ofMachine are words of a machine that cannot go on, whatever it was asked to build.
var ofMachine = []string{"no space left on device", "input/output error", "signal: killed"}

// isMachines reports whether a complaint that does not name the program is the machine's
// all the same. A program can bring the compiler to say nearly anything: by an import
// path, by a text in a constant, by what only the linker finds. So what is said decides
// little. It decides that another program, which has nothing of it, can be built here, and
// that the modules are here which the program imports: then the fault is the program's.
func isMachines(ctx context.Context, root, output string, files []string, race, bound bool) bool {
	for _, words := range ofMachine {
		if strings.Contains(output, words) {
			return true
		}
	}
	return !hasModules(ctx, root, files) || !buildsAny(ctx, root, race, bound)
}

// buildsAny reports whether the smallest program of all can be built here, as others are.
func buildsAny(ctx context.Context, root string, race, bound bool) bool {
	dir, err := os.MkdirTemp("", "loopback-control-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		return false
	}
	args := []string{"build", "-ldflags=-s -w", "-o", filepath.Join(dir, "control")}
	if race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, file)...)
	cmd.Dir = root
	inGroup(cmd)
	if bound {
		bounded(cmd)
	}
	cmd.Env = buildEnv(race, dir)
	return cmd.Run() == nil
}

// aModule matches a module that a go.mod requires.
var aModule = regexp.MustCompile(`(?m)^(?:require)?\s+([a-z][\w./~-]*\.[\w./~-]+) v\S+`)

// hasModules reports whether those of the course's modules are here that files import.
func hasModules(ctx context.Context, root string, files []string) bool {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return false
	}
	for _, m := range aModule.FindAllSubmatch(mod, -1) {
		module := string(m[1])
		if !imports(files, module) {
			continue
		}
		cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module)
		cmd.Dir, cmd.Env = root, buildEnv(false, os.TempDir())
		if out, err := cmd.Output(); err != nil || len(bytes.TrimSpace(out)) == 0 {
			return false
		}
	}
	return true
}

// imports reports whether a package of the module is imported in one of files.
func imports(files []string, module string) bool {
	for _, f := range files {
		parsed, _ := parser.ParseFile(token.NewFileSet(), f, nil, parser.ImportsOnly)
		if parsed == nil {
			continue
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err == nil && (path == module || strings.HasPrefix(path, module+"/")) {
				return true
			}
		}
	}
	return false
}
