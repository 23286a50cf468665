// It does not compile, and has the compiler say what the go command says of a
// machine that cannot fetch a module.
//
// Caught by: the compiler, as 04-goroutine-per-client.
package main

const words int = "module lookup disabled: Get "

func main() {}
