// Package tftp has the commands for TFTP (RFC 1350).
package tftp

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	tftpCommands,
	transferCommands,
	downloadCommands,
	uploadCommands,
)
