// Package terminal runs the terminal sessions that the chapters show, and
// compares what they print with what the text promises.
//
// A session is a block of lines "$ command", each followed by what it prints:
//
//	<!-- console: server -->
//	```console
//	$ echo-go -listen 127.0.0.1:0
//	listening on 127.0.0.1:40001
//	```
//
// All blocks between two headings of level 2 belong together. Each is a
// terminal of its own; they begin in the order of the text, and a terminal runs
// its commands one after another. The last command may go on until the end, as
// a server does. The course's programs are on PATH under the names that their
// doc comments give them.
//
// A command runs in a bash of its own, without a terminal, in an empty folder:
// a variable or a folder that it sets is not seen by the next one. A bash ends
// when what it has put into the background has ended as well.
//
// # Numbers that differ
//
// Ports and process IDs are different each time, so those in the text are names
// for the real ones. The first line that shows 40001 binds it; from there on,
// to the end of the section, 40001 is that port and no other, and that port is
// 40001 and nothing else. Commands are rewritten before they run. What counts
// is a number of 1024 or more after a colon, as in an address, one after
// "pid=", and every number bound before. All else is compared byte for byte,
// except for blanks at the end of a line.
//
// # Order without sleeping
//
// The next command begins when everything is at rest: the terminals before have
// printed their first promised line or ended, all programs of the section are
// asleep, and the kernel has nothing under way between them. So the text's
// order is the order of events, on a busy machine as well. A promised line that
// does not come is given up after some seconds in which nothing has moved.
//
// # What a machine may lack
//
// A block that needs a tool, such as ss, or IPv6 is left out where that is
// missing, with a note; in continuous integration (CI is set) the note is a
// problem. Sessions are run on Linux alone.
package terminal

import (
	"fmt"
)

// complaint is a problem before its file is known.
type complaint struct {
	line    int
	text    string
	skipped bool
}

func complain(line int, format string, args ...any) *complaint {
	return &complaint{line: line, text: fmt.Sprintf(format, args...)}
}
