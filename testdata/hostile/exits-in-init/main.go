// The program ends before main. Linked into a test binary, this line would
// make "go test" print ok; the grader must not be in the same process.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

import "os"

func init() { os.Exit(0) }

func main() {}
