package result

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"loopback/tools/base/record"
)

const allOutcomes = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="7" failures="2" errors="1" skipped="2">
  <testsuite name="30-demo" tests="7" failures="2" errors="1" skipped="2" time="1.262">
    <properties>
      <property name="seed" value="7"></property>
    </properties>
    <testcase classname="30-demo" name="01-one: It answers &lt;at once&gt;." time="0.012"></testcase>
    <testcase classname="30-demo" name="02-two: It waits." time="1.250">
      <failure message="the server is asleep" type="silence"><![CDATA[
On the wire
      1   ├─▶  "a"

Help
Read.

Scenario
testdata/30-demo/02-two.txtar:4
]]></failure>
    </testcase>
    <testcase classname="30-demo" name="03-three" time="0.000">
      <failure message="not shown: its visibility is after_due_date"></failure>
    </testcase>
    <testcase classname="30-demo" name="04-four: It races." time="0.000">
      <skipped message="needs the race detector"></skipped>
    </testcase>
    <testcase classname="30-demo" name="05-five: It ends." time="0.000">
      <error message="the machine � is too busy" type="error"></error>
    </testcase>
    <testcase classname="30-demo" name="06-six: It is quick." time="0.000"></testcase>
    <testcase classname="30-demo" name="07-seven: It is fair." time="0.000">
      <skipped message="challenge: not passed"></skipped>
    </testcase>
  </testsuite>
</testsuites>
`

// Each outcome has an element of its own, the numbers add up, and what a
// program printed cannot break the form.
func TestJUnit(t *testing.T) {
	r := &Result{Unit: "30-demo", Seed: 7, Status: Graded, Tests: []*Test{
		{ID: "01-one", Title: "It answers <at once>.", Status: Pass, Visibility: "visible", Millis: 12},
		{ID: "02-two", Title: "It waits.", Status: Timeout, Visibility: "visible",
			Millis: 1250, Code: record.Silence,
			Rationale: "the server is asleep", Help: "Read.", Timeline: []string{"      1   ├─▶  \"a\""},
			File: "testdata/30-demo/02-two.txtar", Line: 4},
		{ID: "03-three", Title: "A secret.", Status: Fail, Visibility: "after_due_date", Code: record.WrongBytes,
			Rationale: "a secret", Help: "a secret"},
		{ID: "04-four", Title: "It races.", Status: Skip, Visibility: "visible",
			Rationale: "needs the race detector"},
		{ID: "05-five", Title: "It ends.", Status: Error, Visibility: "visible", Code: record.CannotGrade,
			Rationale: "the machine \x1b is too busy"},
		{ID: "06-six", Title: "It is quick.", Status: Pass, Visibility: "visible", Challenge: true},
		{ID: "07-seven", Title: "It is fair.", Status: Fail, Visibility: "visible", Challenge: true,
			Code: record.Silence, Rationale: "silence"},
	}}
	data, err := JUnit(r)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(allOutcomes, string(data)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	var read struct {
		Cases []struct {
			Failure string `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(data, &read); err != nil || len(read.Cases) != 7 ||
		!strings.Contains(read.Cases[1].Failure, "├─▶") {
		t.Errorf("it is read as %+v, %v", read, err)
	}
}

// A program that does not compile is one failure, with the compiler's words.
func TestJUnitNotBuilt(t *testing.T) {
	r := &Result{Unit: "30-demo", Status: NotBuilt,
		Build: BuildResult{Output: "main.go:7: undefined: x"},
		Tests: []*Test{{ID: "01-one", Status: Error}}}
	data, err := JUnit(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`tests="1" failures="1" errors="0"`, `name="build"`, `type="build"`, "undefined: x"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("there is no %s in\n%s", want, data)
		}
	}
}
