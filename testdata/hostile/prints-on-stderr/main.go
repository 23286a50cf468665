// Standard error gets line after line without end, and no address is
// announced.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import "log"

func main() {
	for i := 0; ; i++ {
		log.Println("waiting for the network,", i)
	}
}
