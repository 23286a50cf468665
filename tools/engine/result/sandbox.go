package result

import (
	"fmt"
	"time"

	"loopback/tools/engine/process"
)

// sandbox says what keeps a program under test in on this system.
func sandbox() map[string]string {
	kept := map[string]string{"process": "session", "files": "open", "signals": "open", "network": "shared"}
	if process.Fences() >= 1 {
		kept["files"] = "landlock"
	}
	if process.Fences() >= 2 {
		kept["signals"] = "landlock"
	}
	return kept
}

// Late says that the deadline of the whole grading has passed: what was not reached has
// no verdict, and so there is no mark.
func (r *Result) Late(bound time.Duration) {
	r.Status = CouldNotGrade
	r.Reason = fmt.Sprintf("grading was ended after %v, its deadline", bound)
	r.Flags = append(r.Flags, "deadline")
}
