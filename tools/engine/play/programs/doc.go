// Package programs has the commands that look at the program itself and its system: output,
// signals, descriptors, accept queues.
package programs

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	queueCommands,
	refusesCommands,
	leavesCommands,
	scarceCommands,
	programCommands,
	lastLineCommands,
	tellCommands,
	outlastCommands,
	elapseCommands,
	systemCommands,
	socketCommands,
	signalCommands,
	barrageCommands,
)
