package laws

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"loopback/tools/base/catalogue"
	"loopback/tools/base/record"
	"loopback/tools/engine/result"
)

// On a busy machine each verdict still meets a wrong program, and a challenge its
// right variant.
func TestSome(t *testing.T) {
	root := course(t)
	write(t, root, "testdata/30-demo/04-greets.txtar", shouts)
	var all []subject
	for _, s := range []catalogue.Subject{
		{Kind: catalogue.Solution, Name: "30-demo"},
		{Kind: catalogue.Right, Name: "first"},
		{Kind: catalogue.Right, Name: "greets"},
		{Kind: catalogue.Right, Name: "second"},
		{Kind: catalogue.Wrong, Name: "early", Code: record.EarlyEOF},
		{Kind: catalogue.Wrong, Name: "too early", Code: record.EarlyEOF},
		{Kind: catalogue.Wrong, Name: "silent", Code: record.Silence},
	} {
		s.Unit = "30-demo"
		all = append(all, subject{Subject: s})
	}
	var got []string
	for _, s := range some(root, all) {
		got = append(got, strings.Join(strings.Fields(fmt.Sprintln(s.Kind, s.Name, s.only, s.oneIn)), " "))
	}
	want := []string{"right first 4", "right greets 04-greets 0", "wrong early 0", "wrong silent 0"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what is graded (-want +got):\n%s", d)
	}
}

// TestWronglyNamed: a scenario that there is not is said to be none, and no report is shown.
func TestWronglyNamed(t *testing.T) {
	fails := &result.Test{ID: "04-nobody-reads", Status: result.Fail, Code: record.Silence}
	r := &result.Result{Tests: []*result.Test{fails}, Plan: []string{fails.ID}}
	s := subject{Subject: catalogue.Subject{Kind: catalogue.Wrong, Scenario: "04-nobody-read", Code: record.Silence}}
	want := "there is no scenario 04-nobody-read (did you mean 04-nobody-reads?); it fails 04-nobody-reads (silence)"
	if got := s.wrongly(r); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
