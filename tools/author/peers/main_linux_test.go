package peers

import (
	"fmt"
	"os"
	"testing"

	"loopback/tools/engine/process"
)

// TestMain makes sure that nothing is left running. Every test ends what it
// has started; whatever Sweep still finds is a failure.
func TestMain(m *testing.M) {
	code := m.Run()
	if strays := process.Sweep(); len(strays) > 0 {
		fmt.Fprintln(os.Stderr, "still running after the tests:", strays)
		code = 1
	}
	os.Exit(code)
}
