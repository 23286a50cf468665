package wire

import (
	"bytes"
	"os/exec"
	"testing"
)

// A program that is started while another scenario makes its sockets inherits
// none of them: a descriptor too many would be taken for the program's own, and
// would keep open what the grader closes.
func TestNothingIsInherited(t *testing.T) {
	ls, err := exec.LookPath("ls")
	if err != nil {
		t.Skipf("SKIP: %v: apt-get install coreutils", err)
	}
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(failed)
		for {
			select {
			case <-stop:
				return
			default:
			}
			_, h, err := bind("127.0.0.1", 0)
			if err != nil {
				failed <- err
				return
			}
			h.release()
		}
	}()
	for range 300 {
		out, err := exec.Command(ls, "-l", "/proc/self/fd").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if bytes.Contains(out, []byte("socket:")) {
			t.Fatalf("a program has inherited a socket\n%s", out)
		}
	}
	close(stop)
	if err := <-failed; err != nil {
		t.Error(err)
	}
}
