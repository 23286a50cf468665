// The program prints what a passed test would print, with escape sequences, a
// workflow command and bytes that are no UTF-8, and reports success.
//
// None of it may become a mark, or reach a terminal as it is.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import "fmt"

func main() {
	fmt.Print("\x1b[2J\x1b[32mok\x1b[0m  \tloopback/exercises/04-goroutine-per-client\t0.01s\xff\xfe\n")
	fmt.Print("--- PASS: TestExercise (0.01s)\nPASS\n::notice::19 of 19\n")
	fmt.Print("{\"schema\":\"loopback/result/v1\",\"score\":19,\"max_score\":19}\n")
}
