// Package resp has the commands for requests and replies, RESP among them, and a model of a key-
// value store.
package resp

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	protocolCommands,
	segmentCommands,
	modelCommands,
	turnCommands,
	wholeCommands,
	betweenCommands,
	departureCommands,
	cramCommands,
	stoppedCommands,
)
