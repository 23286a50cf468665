package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"
)

// The two ways of a relay.
const (
	direct = "direct"
	hidden = "hidden"
)

// A cost is what one session has cost its relay.
type cost struct {
	mib          float64
	took         time.Duration
	user, system time.Duration
}

// relay connects to addr twice, and passes what the first connection brings to the
// second.
func relay(way, addr string) error {
	from, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	to, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	if way == direct {
		_, err = io.Copy(to, from)
	} else {
		_, err = io.Copy(struct{ io.Writer }{to}, struct{ io.Reader }{from})
	}
	to.Close()
	return err
}

// measure has a relay of its own pass size bytes.
func measure(way string, size int64) (c cost, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return c, err
	}
	defer ln.Close()
	self, err := os.Executable()
	if err != nil {
		return c, err
	}
	cmd := exec.Command(self, "-relay", way, ln.Addr().String())
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return c, err
	}
	ln.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)) // for a relay that never comes
	var ends [2]net.Conn
	for i := range ends {
		if ends[i], err = ln.Accept(); err != nil {
			break
		}
		defer ends[i].Close()
	}
	start := time.Now()
	var got int64
	if err == nil {
		go send(ends[0], size)
		got, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{ends[1]}, make([]byte, 1<<20))
	}
	c.took, c.mib = time.Since(start), float64(size)/(1<<20)
	if failed := cmd.Wait(); err == nil {
		err = failed
	}
	if err == nil && got != size {
		err = fmt.Errorf("%d bytes have come, of %d", got, size)
	}
	c.user, c.system = cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime()
	return c, err
}

// send sends size zeros and ends the connection.
func send(c net.Conn, size int64) {
	b := make([]byte, 1<<20)
	for sent := int64(0); sent < size; {
		n, err := c.Write(b[:min(int64(len(b)), size-sent)])
		if sent += int64(n); err != nil {
			break
		}
	}
	c.Close()
}

// spread returns the least value, the median and the greatest.
func spread(values []float64) (low, middle, high float64) {
	v := slices.Sorted(slices.Values(values))
	return v[0], v[len(v)/2], v[len(v)-1]
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}
