//go:build !linux

package process

// Interrupt sends the process SIGURG, which is ignored by a program that does
// not ask for it. Which of its threads takes the signal is the system's choice.
// Windows has no such signal: there the result is an error.
func (p *Process) Interrupt() error { return p.Signal("URG") }
