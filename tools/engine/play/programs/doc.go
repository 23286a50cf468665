// Package programs has the commands that look at the program itself and its system: output,
// files, signals, descriptors, accept queues.
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
	folderCommands,
	outlastCommands,
	elapseCommands,
	systemCommands,
	socketCommands,
	signalCommands,
	barrageCommands,
)
