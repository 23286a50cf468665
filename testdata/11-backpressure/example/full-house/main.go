// Full-house puts five words into a queue that has room for three.
package main

import "fmt"

func main() {
	queue := make(chan string, 3)
	for _, word := range []string{"one", "two", "three", "four"} {
		offer(queue, word)
	}
	fmt.Println("out:", <-queue)
	offer(queue, "five")
}

// offer puts word into queue if there is room.
func offer(queue chan string, word string) {
	select {
	case queue <- word:
		fmt.Println("in:", word)
	default:
		fmt.Println("no room:", word)
	}
}
