// Package datagram has the commands for UDP.
package datagram

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	datagramCommands,
	noiseCommands,
	wakeCommands,
	strangerCommands,
	interviewCommands,
	fitCommands,
	relayCommands,
)
