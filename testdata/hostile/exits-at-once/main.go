// The program ends before it has done anything, and reports success.
//
// Caught by: 01-one-line (exited), as 04-goroutine-per-client.
package main

func main() {}
