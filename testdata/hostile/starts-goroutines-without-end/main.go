// The program starts goroutines that wait forever, and never has enough of them.
// It does not come to listen.
//
// Caught by: 01-one-line (memory), as 04-goroutine-per-client.
package main

func main() {
	for {
		go func() { select {} }()
	}
}
