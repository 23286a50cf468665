// The program calls itself until its stack has grown to 10 MB, where it is not
// allowed to grow any more. The dump has a hundred frames.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"runtime/debug"
)

func main() {
	debug.SetMaxStack(10 << 20)
	fmt.Println("listening on", port(0))
}

// port looks for a free port, and for an end.
func port(from int) int {
	return port(from+1) + 1
}
