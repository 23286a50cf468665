package facts

import "bytes"

// partingFacts are about what a program sent, without having been asked for it,
// before it ended a connection.
var partingFacts = []Kind{{
	Name: "parting", Arg: "TEXT",
	Meaning: "the program ended the connection early, and this text, with Go escapes, was in what it sent last, " +
		"which no command had asked for",
	holds: func(e *Evidence, arg string) bool { return bytes.Contains(e.Parting, escaped(arg)) },
}}
