//go:build !linux

package scenario

// hold puts the text into a file.
func hold(text []byte, name string) (file string, release func(), err error) {
	return inFile(text, name)
}
