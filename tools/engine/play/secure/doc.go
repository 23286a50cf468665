// Package secure has the commands for TLS, and makes the certificates.
package secure

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	certificateCommands,
	tlsCommands,
	callerCommands,
)
