// The forged result is on standard error, from where a report repeats a
// program's last words.
//
// They must come out as plain text, and must not begin a line.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprint(os.Stderr, "--- PASS: TestExercise (0.01s)\nPASS\n")
	fmt.Fprint(os.Stderr, "\x1b[2J\x1b[32mok\x1b[0m  \tloopback\t0.01s\xff\xfe\u009b31m\u202e\n")
	fmt.Fprint(os.Stderr, "::notice::19 of 19\r::error::forged ##[error]forged\n")
}
