// The program tells that it lives: a dot each tenth of a second, and never a
// line.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"strings"
	"time"
)

func main() {
	fmt.Print(strings.Repeat(".", 80))
	for range time.Tick(100 * time.Millisecond) {
		fmt.Print(".")
	}
}
