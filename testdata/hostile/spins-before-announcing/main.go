// The program burns a processor while it waits for something that does not
// happen.
//
// Caught by: 01-one-line (busy-loop), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"sync/atomic"
)

var ready atomic.Bool

func main() {
	for !ready.Load() {
	}
	fmt.Println("listening on 127.0.0.1:0")
}
