//go:build race && !unix

package grade

// raceEnabled says that this binary was built with the race detector.
const raceEnabled = true

// quickRaceExit does nothing here: a process cannot be replaced by another.
func quickRaceExit() {}
