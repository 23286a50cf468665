// Its lines say that they are in a file of the machine.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

import "os"

func main() {
	var list []int
//line /etc/passwd:1
	_ = list[len(os.Args)]
}
