package grade

import (
	"fmt"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func init() {
	tinyHandlers["tells-later"] = func(conn net.Conn) {
		conn.Read(make([]byte, 1))
		conn.Write([]byte("and more\n"))
		for until := processorTime() + 20*time.Millisecond; processorTime() < until; {
		}
		fmt.Fprintln(os.Stderr, "told in the end")
		conn.Read(make([]byte, 1))
	}
}

func processorTime() time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Nano())
}

// What a program says of what was wrong may come behind it. A report waits for that.
func TestLastWordsAreComplete(t *testing.T) {
	for range 3 {
		o := script(t, "# A rule.\nserve\ndial A\nsend A x\ngone A\n", tinyProgram(t, "tells-later"))
		if o.Verdict == nil || !slices.Equal(o.Verdict.Said, []string{"told in the end"}) {
			t.Errorf("got %+v", o.Verdict)
		}
	}
}
