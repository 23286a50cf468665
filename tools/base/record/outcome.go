package record

import "time"

// An Outcome is what playing one scenario came to.
type Outcome struct {
	Verdict   *Verdict // nil: passed
	Skipped   string   // why it could not be played here
	ByProgram bool     // that it could not is the program's doing
	Untouched bool     // the program says that it has not been written yet
	Timeline  []string
	Events    []Event
	Names     Names  // what it calls the host and the ports of the scenario
	Program   string // what it calls the program under test: "server" or "client"
	Line      int    // of the scenario file, where it ended
	Took      time.Duration
	Tardy     bool // the grader was kept from running for so long that the program may have given up
}
