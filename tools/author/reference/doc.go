// Package reference writes the page that describes the language of scenarios, from
// the texts that the commands, the facts and the codes have themselves.
package reference
