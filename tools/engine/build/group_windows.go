package build

import "os/exec"

// inGroup does nothing here: a compiler that was started goes on to its end,
// and what it wrote is thrown away.
func inGroup(*exec.Cmd) {}
