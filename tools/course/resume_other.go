//go:build !unix

package main

// canLend says that another program can be given the terminal for a while.
const canLend = false

// resume never tells anything: nobody can suspend a program here.
func resume() (<-chan struct{}, func()) { return nil, func() {} }
