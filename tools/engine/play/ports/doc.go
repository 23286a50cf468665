// Package ports holds ports that are open, closed or filtered, and counts the dials of a program
// that scans them.
package ports

// Commands are the words of scenarios that this family knows.
var Commands = portCommands
