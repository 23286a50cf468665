// Package wire is the grader's side of the socket: it dials, listens, sends,
// receives and ends connections.
//
// It knows sockets, not scenarios: it never decides whether what it saw was
// right. Nothing in it waits longer than it is told to; the caller, who knows
// what the program under test is doing, decides when waiting has become
// pointless. Start with [Dial] and [Listen], which open connections.
package wire
