//go:build !noevidence

package probe

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"loopback/tools/engine/wire"
)

// Dials counts what waits for an answer, and nothing else that goes on between
// the same addresses.
func TestDials(t *testing.T) {
	withoutDiag(t, func(t *testing.T, _ bool) {
		for _, host := range []string{"127.77.2.1", "::1"} {
			t.Run(host, func(t *testing.T) { testDials(t, host) })
		}
	})
}

func testDials(t *testing.T, host string) {
	silent := silentPort(t, host)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const n = 3
	ended := make(chan struct{})
	for range n {
		go func() {
			(&net.Dialer{}).DialContext(ctx, "tcp", silent)
			ended <- struct{}{}
		}()
	}
	addr := netip.MustParseAddrPort(silent)
	count := func() (k int) {
		all, err := Dials(addr.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if s.Remote == addr { // others may use ::1 at the same time
				k++
			}
		}
		return k
	}
	until(t, "all dials are under way", func() bool { return count() == n })
	cancel()
	for range n {
		<-ended
	}
	if k := count(); k != 0 {
		t.Errorf("%d dials are under way after all were given up", k)
	}
}

// silentPort returns an address that does not answer.
func silentPort(t *testing.T, host string) string {
	t.Helper()
	for port := 7201; port < 7300; port++ {
		if l, err := wire.HoldPort("silent", host, port, wire.FilteredPort); err == nil {
			t.Cleanup(l.Close)
			return l.Addr
		}
	}
	t.Fatal("no free port")
	return ""
}
