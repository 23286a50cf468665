package screen

import (
	"os"

	"golang.org/x/sys/windows"
)

// obeys makes a console take control sequences for what they are, and reports whether it
// does now. Those before Windows 10 cannot, and print them.
func obeys(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	const wanted = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&wanted == wanted || windows.SetConsoleMode(console, mode|wanted) == nil
}
