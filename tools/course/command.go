package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/kballard/go-shellquote"
)

// command splits the command in --exec into words, as a shell does, and makes
// sure that it can be started for each scenario.
func command(line string) ([]string, error) {
	if runtime.GOOS == "windows" {
		line = strings.ReplaceAll(line, `\`, `\\`) // they separate folders
	}
	argv, err := shellquote.Split(line)
	if err != nil {
		return nil, fmt.Errorf("--exec %s: %w", line, err)
	}
	if len(argv) == 0 || argv[0] == "" {
		return nil, fmt.Errorf("--exec needs a command, not %q", line)
	}
	if _, err := exec.LookPath(argv[0]); err != nil {
		return nil, fmt.Errorf("--exec: %w", err)
	}
	if how := compiles(argv); how != "" {
		return nil, fmt.Errorf("--exec: %s compiles the program again for each scenario; "+
			"build it first, %s, and give what that writes", strings.Join(argv[:2], " "), how)
	}
	return argv, nil
}

// compiles recognises commands that compile a program before they run it, and
// returns what builds it instead; "" for all others.
func compiles(argv []string) string {
	if len(argv) < 2 {
		return ""
	}
	tool := strings.TrimSuffix(filepath.Base(argv[0]), ".exe")
	switch {
	case slices.Contains([]string{"go", "cargo", "dotnet", "swift", "zig"}, tool) && argv[1] == "run":
		return "with " + tool + " build"
	case tool == "java" && strings.HasSuffix(argv[1], ".java"):
		return "with javac"
	}
	return ""
}
