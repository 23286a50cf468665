package laws

import (
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"
)

// TestMain has twice as many programs graded at a time as there are processors, unless it is
// told otherwise: most of the time a grader waits.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0)))
	}
	os.Exit(m.Run())
}
