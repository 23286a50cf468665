// Package server starts a program as a server or as a client, and reads where it listens.
package server

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	serverCommands,
	inheritCommands,
	contendCommands,
	clientCommands,
)
