package build

import "os/exec"

// bounded does nothing here.
func bounded(*exec.Cmd) {}

// overBound says no here, where there are no bounds.
func overBound(string) bool { return false }
