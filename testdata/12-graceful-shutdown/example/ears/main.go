// Ears says which signals it hears, and ends with the second one.
//
//	ears
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	fmt.Printf("pid=%d\n", os.Getpid())

	fmt.Println("heard:", <-heard)
	fmt.Println("heard:", <-heard, "again, and that is enough")
}
