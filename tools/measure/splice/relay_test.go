package main

import (
	"os"
	"testing"
)

// The relay that a measurement starts is this executable.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "-relay" {
		if err := relay(os.Args[2], os.Args[3]); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// Both ways pass all bytes, and the processor time is that of the relay.
func TestMeasure(t *testing.T) {
	for _, way := range []string{direct, hidden} {
		c, err := measure(way, 64<<20)
		if err != nil || c.mib != 64 || c.took <= 0 || c.user+c.system <= 0 {
			t.Errorf("%s: %+v, %v", way, c, err)
		}
	}
}
