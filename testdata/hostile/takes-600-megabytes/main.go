// The program takes 600 MB, writes to every page of them, and then finds that
// it has miscounted by one.
//
// The grader has to live with its neighbour's appetite.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

import "fmt"

// clients is how many clients there may be, and each gets a megabyte.
const clients = 600

func main() {
	var buffers [][]byte
	for range clients {
		buffers = append(buffers, page(make([]byte, 1<<20)))
	}
	fmt.Println("listening on", buffers[len(buffers)][0])
}

// page writes to every page of b, so that the kernel has to find it.
func page(b []byte) []byte {
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	return b
}
