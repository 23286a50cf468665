// The package is not main: it compiles, and nothing comes of it that could be
// run.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package echo

import "fmt"

func main() { Announce() }

// Announce prints where nobody listens.
func Announce() {
	fmt.Println("listening on 127.0.0.1:0")
}
