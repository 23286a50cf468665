// The announcement is 4,000 bytes of escape sequences, and nobody listens at
// all.
//
// A report that repeats it would be long, and would clear the reader's screen.
//
// Caught by: 01-one-line (not-listening), as 04-goroutine-per-client.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
)

func main() {
	fmt.Println("listening on " + strings.Repeat("\x1b[2J\x1b[31m::error::gone \u202e", 150))
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}
