// There are two main functions, as after pasting one program below the other.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

import "fmt"

func main() {
	fmt.Println("listening on 127.0.0.1:0")
}

func main() {
	fmt.Println("listening on 127.0.0.1:0")
}
