// Left-behind has three visits, and counts the goroutines before and after.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Println("before:", runtime.NumGoroutine())
	for range 3 {
		visit()
	}
	fmt.Println("after:", runtime.NumGoroutine())
}

// visit has a helper that takes notes for as long as there are words.
func visit() {
	words := make(chan string)
	go func() {
		for range words {
			// A careful helper would write them down.
		}
	}()
	words <- "hello"
	words <- "goodbye"
}
