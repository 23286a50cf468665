// Crew starts three goroutines and ends when they have ended.
//
//	crew
package main

import (
	"fmt"
	"sync"
)

func main() {
	var crew sync.WaitGroup
	words := make([]string, 3)
	for i := range words {
		crew.Add(1)
		go func() {
			defer crew.Done()
			words[i] = fmt.Sprint("goroutine ", i, " is done")
		}()
	}
	crew.Wait()
	fmt.Println(words)
}
