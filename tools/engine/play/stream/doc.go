// Package stream has the commands that send and receive bytes on connections, and end them.
package stream

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	byteCommands,
	sizeCommands,
	atOnceCommands,
	flowCommands,
	fairCommands,
	endCommands,
	partingCommands,
	heldCommands,
	lostCommands,
	goodbyeCommands,
	restCommands,
)
