// Package chat has the commands for a server that lets all its clients hear what one of them
// says.
package chat

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	roomCommands,
	brimCommands,
	dominoCommands,
	patchyCommands,
	throngCommands,
	crowdCommands,
	silenceCommands,
	severedCommands,
	presenceCommands,
)
