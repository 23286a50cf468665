// The text of the panic has escape sequences, a workflow command, a forged
// verdict and bytes that are no UTF-8.
//
// None of them may reach the reader's terminal or the log of a build server as
// they are.
//
// Caught by: 01-one-line (crash), as 04-goroutine-per-client.
package main

func main() {
	panic("\x1b]0;owned\x07\x1b[2J\x1b[32m04-goroutine-per-client: 19 of 19\x1b[0m\n" +
		"::error::forged\xff\xfe\r##[error]forged\u009b31m")
}
