// Package unixsocket has the commands about Unix sockets: their paths, and what is handed on by
// them.
package unixsocket

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	pathCommands,
	rightsCommands,
	errandCommands,
)
