//go:build !windows

package screen

import "os"

// obeys reports whether a terminal takes control sequences for what they are.
func obeys(*os.File) bool { return true }
