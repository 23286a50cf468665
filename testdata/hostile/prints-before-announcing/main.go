// Standard output gets line after line without end, and none is an
// announcement.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import "fmt"

func main() {
	for i := 0; ; i++ {
		fmt.Println("waiting for the network,", i)
	}
}
