//go:build !noevidence

package probe

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestShortenWaits(t *testing.T) {
	const short = 100 * time.Millisecond
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	set := func(option int, d time.Duration) {
		tv := unix.NsecToTimeval(int64(d))
		if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, option, &tv); err != nil {
			t.Fatal(err)
		}
	}
	is := func(option int) time.Duration {
		tv, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, option)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(tv.Nano())
	}
	set(unix.SO_RCVTIMEO, 30*time.Second)
	set(unix.SO_SNDTIMEO, 20*time.Millisecond)
	before := is(unix.SO_SNDTIMEO) // the kernel counts in ticks
	if d := ShortenWaits([]int{os.Getpid()}, short); d != 30*time.Second {
		t.Errorf("ShortenWaits says %v; want 30s", d)
	}
	if d := is(unix.SO_RCVTIMEO); d < short || d > 2*short {
		t.Errorf("SO_RCVTIMEO is %v now; want %v", d, short)
	}
	if d := is(unix.SO_SNDTIMEO); d != before {
		t.Errorf("SO_SNDTIMEO, which was short, is %v now; it was %v", d, before)
	}
	if d := ShortenWaits([]int{os.Getpid()}, 2*short); d != 0 {
		t.Errorf("the second time ShortenWaits says %v; want 0", d)
	}
}
