// Package machines tries the course where a machine is small, shut, or set up in a way
// of its own: in containers, with limits, with what the go command's variables may say.
// A reference passes there, or scenarios are left out with the reason; where nothing
// can be graded the course says so, and what to do, in one line. It is nowhere said of
// a right program that it is wrong.
//
// Its tests make such machines of this one, by namespaces, limits and a filter for
// system calls, for one command at a time. Nothing outside of that command changes.
package machines
