// Its last words are a formula, a workflow command and a table of its own.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, `=HYPERLINK("http://127.0.0.1/?"&A1,"19")`)
	fmt.Fprintln(os.Stderr, `::set-output name=score::19`)
	fmt.Fprintln(os.Stderr, `</td></tr><script>alert(1)</script>,"19","19"`)
	fmt.Fprintln(os.Stderr, "\u202e91 fo 91 :emirp\u2066")
	os.Exit(1)
}
