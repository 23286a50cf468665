// Package limits has the commands about limits of time.
package limits

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	untilCutCommands,
	limitCommands,
	lineCommands,
)
