//go:build !race

package grade

// raceEnabled says that this binary was built without the race detector.
const raceEnabled = false

func quickRaceExit() {}
