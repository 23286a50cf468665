// The program takes memory and never has enough. It does not come to listen.
//
// Caught by: 01-one-line (memory), as 04-goroutine-per-client.
package main

import "bytes"

// kept is what the program never lets go.
var kept [][]byte

func main() {
	for {
		kept = append(kept, bytes.Repeat([]byte{1}, 1<<20))
	}
}
