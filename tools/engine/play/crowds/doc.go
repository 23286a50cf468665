// Package crowds has the commands for many clients, one after the other and at the same moment.
package crowds

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	crowdCommands,
	rivalCommands,
	bustleCommands,
	successionCommands,
	moveCommands,
	boundCommands,
	turnedAwayCommands,
	admissionCommands,
	workerCommands,
	visitorCommands,
	uploadCommands,
	meansCommands,
)
