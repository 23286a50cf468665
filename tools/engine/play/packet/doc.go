// Package packet has the commands for packets of a network that is the scenario's own: see
// package space.
package packet

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	packetCommands,
	decodeCommands,
	drawnCommands,
)
