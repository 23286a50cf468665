// The compiler repeats the source in its message, escape sequences, workflow
// command and all.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

import "fmt"

func main() {
	var port int = "[2J[32m04-goroutine-per-client: 19 of 19[0m ::error::forged ##[error]forged"
	fmt.Println("listening on", port)
}
