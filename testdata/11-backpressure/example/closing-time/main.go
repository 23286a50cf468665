// Closing-time closes a queue that is not empty, takes out what is left, and then
// puts one more word in.
package main

import "fmt"

func main() {
	queue := make(chan string, 3)
	queue <- "one"
	queue <- "two"
	close(queue)
	for word := range queue {
		fmt.Println("out:", word)
	}
	fmt.Println("the loop has ended")
	defer func() { fmt.Println("panic:", recover()) }()
	queue <- "three"
}
