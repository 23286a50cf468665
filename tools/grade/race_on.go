//go:build race && unix

package grade

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// raceEnabled says that this binary, and so the learner's program in it, was
// built with the race detector.
const raceEnabled = true

// quickRaceExit starts this binary again with a setting that the race detector
// reads only at its start: without it every process waits for a second before
// it ends (golang/go#20364).
func quickRaceExit() {
	const setting = "atexit_sleep_ms=0"
	if strings.Contains(os.Getenv("GORACE"), setting) {
		return
	}
	exe, err := os.Executable()
	if err != nil {
		return // it works all the same, only slower
	}
	env := append(os.Environ(), strings.TrimSpace("GORACE="+os.Getenv("GORACE")+" "+setting))
	unix.Exec(exe, os.Args, env)
}
