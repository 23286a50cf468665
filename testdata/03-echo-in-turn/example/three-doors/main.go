// Three-doors opens three doors and defers closing each of them.
package main

import "fmt"

func main() {
	for i := range 3 {
		fmt.Println("open", i+1)
		defer fmt.Println("close", i+1)
	}
	fmt.Println("the loop is over")
}
