// The program starts threads, each for a goroutine of its own that waits for
// ever, and never has enough of them. It does not come to listen.
//
// Caught by: 01-one-line (threads), as 04-goroutine-per-client.
package main

import "runtime"

func main() {
	for {
		ready := make(chan bool)
		go func() {
			runtime.LockOSThread()
			ready <- true
			select {}
		}()
		<-ready
	}
}
