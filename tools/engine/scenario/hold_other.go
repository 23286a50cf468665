//go:build !linux

package scenario

// hold does nothing: the script is played from a file.
func hold([]byte) (name string, err error) { return "", nil }
