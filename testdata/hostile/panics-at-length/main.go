// The text of the panic is 100,000 characters without a space, after a first
// line that says all.
//
// A report has to show how it begins, and stay as short as any.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

import "strings"

func main() {
	panic("no such client\n" + strings.Repeat("0123456789", 10_000))
}
