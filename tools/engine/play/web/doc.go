// Package web has the commands for HTTP/1.1 and for what passes through a relay or a proxy.
package web

import "slices"

// Commands are the words of scenarios that this family knows.
var Commands = slices.Concat(
	passingCommands,
	httpCommands,
	originCommands,
)
