package terminal

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"loopback/tools/base/problem"
	"loopback/tools/engine/build"
	"loopback/tools/engine/process"
)

// Chapter runs all sessions of one chapter. The file's name is relative to
// root, the root of the course, or absolute. The result is empty when they do
// what the text says; in each section only the first problem is told.
func Chapter(ctx context.Context, root, file string) []problem.Problem {
	path := file
	if !filepath.IsAbs(path) {
		path = filepath.Join(root, file)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return []problem.Problem{problem.In(file, "cannot be read: %v", err)}
	}
	return check(ctx, root, file, string(text), usual)
}

// check is Chapter for a text at hand.
func check(ctx context.Context, root, file, text string, b bounds) []problem.Problem {
	sections, faults := parse(text)
	if len(faults) == 0 && len(sections) > 0 {
		faults = runAll(ctx, root, sections, b)
	}
	var ps []problem.Problem
	for _, f := range faults {
		p := problem.Problem{File: file, Line: f.line, Text: f.text, Skipped: f.skipped}
		if p.Skipped && os.Getenv("CI") != "" {
			p.Skipped = false
			p.Text += "; provide it where CI runs"
		}
		ps = append(ps, p)
	}
	return ps
}

// runAll runs all sections, one after another.
func runAll(ctx context.Context, root string, sections []*section, b bounds) []*complaint {
	if runtime.GOOS != "linux" {
		return []*complaint{{skipped: true, text: "the sessions were not run: that needs Linux"}}
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		return []*complaint{{skipped: true, text: "the sessions were not run: there is no bash"}}
	}
	tmp, err := os.MkdirTemp("", "loopback-terminal-")
	if err != nil {
		return []*complaint{complain(0, "no temporary folder: %v", err)}
	}
	defer os.RemoveAll(tmp)
	bin := filepath.Join(tmp, "bin")
	if err := install(ctx, root, bin); err != nil {
		return []*complaint{complain(0, "the programs could not be built: %v", err)}
	}
	var found []*complaint
	for i, s := range sections {
		home := filepath.Join(tmp, fmt.Sprint("home", i))
		if err := os.Mkdir(home, 0o755); err != nil {
			return append(found, complain(0, "no temporary folder: %v", err))
		}
		found = append(found, runSection(ctx, s, process.Options{
			Path: bash, Argv0: "bash", Dir: home,
			Env: []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
				"HOME=" + home, "TMPDIR=" + home, "LC_ALL=C", "TERM=dumb"},
		}, b)...)
	}
	return found
}

// usage finds the line of a doc comment that says how a program is called.
var usage = regexp.MustCompile(`(?m)^//\t([a-z][a-z0-9-]*)\b`)

// install builds the solutions and the examples and puts them into the folder
// bin: a solution under the name that its doc comment gives it, an example under
// that of its folder.
func install(ctx context.Context, root, bin string) error {
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	solutions, _ := filepath.Glob(filepath.Join(root, "solutions", "*", "main.go"))
	for _, file := range solutions {
		name, err := calledAs(filepath.Dir(file))
		if err != nil {
			return err
		}
		if err := link(ctx, root, filepath.Dir(file), filepath.Join(bin, name)); err != nil {
			return err
		}
	}
	examples, _ := filepath.Glob(filepath.Join(root, "testdata", "*", "example", "*", "main.go"))
	for _, file := range examples {
		folder := filepath.Dir(file)
		if err := link(ctx, root, folder, filepath.Join(bin, filepath.Base(folder))); err != nil {
			return err
		}
	}
	return nil
}

// link builds the program in folder and lets the name at lead to it. Two
// programs of one name are a mistake in the course.
func link(ctx context.Context, root, folder, at string) error {
	program, err := build.Alone(ctx, root, folder, false)
	if err != nil {
		return err
	}
	return os.Symlink(program, at)
}

// calledAs returns the name by which the texts call the program in a folder. Its
// own main.go says it, or one of the files that are given beside it.
func calledAs(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return "", err
	}
	for _, file := range append([]string{filepath.Join(folder, "main.go")}, files...) {
		source, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if name := usage.FindSubmatch(source); name != nil {
			return string(name[1]), nil
		}
	}
	return "", fmt.Errorf("%s: no doc comment has a line that begins with a tab and the program's name", folder)
}

// tool finds the optional tools where a command may stand: at the beginning,
// after what separates commands, and in what another one is told to run.
var tool = regexp.MustCompile("(?:^|[|;&({`'\"]\\s*|\\b(?:do|then|exec|sudo|timeout " +
	"\\S+|strace.*?)\\s+)(ss|strace|unshare|nsenter|ip|nc|ncat|socat|telnet|curl|python3|redis-cli)(?:\\s|$)")

// lacks says what a console needs and this machine does not have, "" if nothing.
func lacks(c *console) string {
	for _, cmd := range c.commands {
		for _, m := range tool.FindAllStringSubmatch(cmd.text, -1) {
			if _, err := exec.LookPath(m[1]); err != nil {
				return "there is no " + m[1]
			}
		}
		if strings.Contains(cmd.text, "[::1]") && !hasIPv6() {
			return "there is no IPv6"
		}
		if strings.Contains(cmd.text, "unshare -rn ") {
			if out, err := exec.Command("unshare", "-rn", "true").CombinedOutput(); err != nil {
				return fmt.Sprintf("unshare -rn true: %v: %s", err, strings.TrimSpace(string(out)))
			}
		}
	}
	return ""
}

func hasIPv6() bool {
	ln, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		return false
	}
	ln.Close()
	return true
}

// shows reports whether a console would have shown the number.
func shows(c *console, digits string) bool {
	for _, cmd := range c.commands {
		for _, p := range cmd.want {
			for _, d := range number.FindAllString(p.text, -1) {
				if d == digits {
					return true
				}
			}
		}
	}
	return false
}
