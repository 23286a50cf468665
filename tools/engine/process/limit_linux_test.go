package process

import (
	"strings"
	"testing"
)

// The limit holds for a program that raises its own as far as it may, as every
// Go program does, and it costs the program none of its arguments.
func TestDescriptors(t *testing.T) {
	p := start(t, Options{Path: self(), Argv0: "not used", Args: []string{"-test.run=^$"}, Descriptors: 20})
	if st := ended(t, p); st.Code != 0 {
		t.Errorf("a program with 20 descriptors: %v", st)
	}
	o := shell(`ulimit -Sn; ulimit -Hn; echo "$1"; echo "$2"`)
	o.Args = append(o.Args, "sh", "two words", "$HOME")
	o.Descriptors = 20
	p = start(t, o)
	if st := ended(t, p); st.Code != 0 {
		t.Errorf("%v", st)
	}
	p.End()
	if got := string(p.Stdout().Bytes()); got != "20\n20\ntwo words\n$HOME\n" {
		t.Errorf("soft limit, hard limit, arguments: %q", got)
	}
}

// That there is no such program is seen in the status, as by a shell.
func TestDescriptorsOfNothing(t *testing.T) {
	p := start(t, Options{Path: "/no/such/program", Descriptors: 20})
	if st := ended(t, p); st.Code != 127 {
		t.Errorf("%v", st)
	}
	p.End()
	if !strings.Contains(string(p.Stderr().Bytes()), "/no/such/program") {
		t.Errorf("stderr %q", p.Stderr().Bytes())
	}
}
