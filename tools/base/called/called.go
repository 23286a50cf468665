// Package called knows how the command of the course was called, so that advice names it as
// its reader does.
package called

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/kballard/go-shellquote"
)

// ByGo is how a learner calls the command, who has built nothing, and what is recorded names.
const ByGo = "go run ./tools/course"

// Variable is the environment variable by which one process hands on how it was called.
const Variable = "LOOPBACK_CALLED"

// Command returns the words with which a shell calls the command in the way in which it was
// called: ByGo where the go command has built it, as it does for go run and for tests.
func Command() string {
	if name := os.Getenv(Variable); name != "" {
		return name
	}
	return from(os.Args[0])
}

// from returns how to call the executable that was started under this name.
func from(name string) string {
	base := strings.TrimSuffix(filepath.Base(name), ".exe")
	if strings.HasSuffix(base, ".test") || builtByGo(name) {
		return ByGo
	}
	return shellquote.Join(name)
}

// builtByGo reports whether an executable lies where the go command puts those of go run: in a
// folder for one build, exe, or among what it keeps, in a folder named by a hash.
func builtByGo(name string) bool {
	folder := filepath.Dir(name)
	if filepath.Base(folder) == "exe" && strings.Contains(folder, "go-build") {
		return true
	}
	hash, kept := strings.CutSuffix(filepath.Base(folder), "-d")
	return kept && len(hash) == 64 && strings.Trim(hash, "0123456789abcdef") == ""
}
