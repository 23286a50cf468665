package replay

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
	"time"

	"loopback/tools/base/record"
)

// run is a failing run whose bytes try to break out of a page.
func run() Run {
	return Run{
		Unit: "30-demo", Scenario: "01-one", Rule: "What <b>comes</b> is \"echoed\" & more.",
		Folder: "exercises/30-demo",
		Script: []string{"# What <b>comes</b> is \"echoed\" & more.", "serve", "dial A", "", "# Now bytes.",
			"send A '</script><script>alert(1)</script>'", "recv A 'x'"},
		Verdict: "silence", What: "the server is asleep & <silent>", Report: "30-demo: 0 of 1\n  FAIL </pre><b>\n",
		Program: "server",
		Events: []record.Event{
			{At: time.Millisecond, Kind: record.Listening, What: record.Say("listening on 127.0.0.1:40001"), Line: 2},
			{At: 2 * time.Millisecond, Conn: "A", Kind: record.Connect,
				What: record.Say("connect from 127.0.0.1:50001"), Line: 3},
			{At: 3 * time.Millisecond, Conn: "A", Kind: record.Out, Data: []byte("</script><script>alert(1)</script>"),
				Size: 34, Line: 6},
			{At: 4 * time.Millisecond, Conn: "A", Kind: record.Trouble, What: record.Say("nothing came back"), Line: 7},
		},
	}
}

const want = `30-demo, 01-one: silence

      ms   A     server
  1  # What <b>comes</b> is "echoed" & more.
  2  serve
     1.0   │     ●  listening on 127.0.0.1:40001
  3  dial A
     2.0   ├─────▶  connect from 127.0.0.1:50001
  5  # Now bytes.
  6  send A '</script><script>alert(1)</script>'
     3.0   ├─────▶  "</script><script>alert("…   34 bytes
  7  recv A 'x'
     4.0   ✗     │  nothing came back
`

func TestText(t *testing.T) {
	if got := run().Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r := run()
	r.Verdict, r.Events = "passes", r.Events[:3]
	if got := r.Text(); !strings.HasSuffix(got, "34 bytes\n  7  recv A 'x'\n") {
		t.Errorf("the lines behind the last event are missing:\n%s", got)
	}
}

func TestScript(t *testing.T) {
	got := script("# A rule.\nserve\n\n-- cause silence --\nserve\n-- hint --\nx\n")
	if strings.Join(got, "|") != "# A rule.|serve" {
		t.Errorf("%q", got)
	}
}

// The page is one file: it names no other, runs nothing that it was not written
// with, and no byte of a program or a scenario becomes markup.
func TestPage(t *testing.T) {
	var b bytes.Buffer
	if err := run().HTML(&b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"alert(1)</script>", "<b>comes", "</pre><b>", "<silent>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, good := range []string{"<svg ", "Fails: silence.", "prefers-color-scheme: dark", "@media print",
		"ArrowRight", `data-line="6"`, "default-src 'none'"} {
		if !strings.Contains(page, good) {
			t.Errorf("the page has no %q", good)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if strings.Contains(page, `\u003csvg`) {
		t.Error("the picture is in the script, too")
	}
	for _, link := range regexp.MustCompile(`(?i)(?:src|href|url|import|@import)\s*[=(]`).FindAllString(page, -1) {
		t.Errorf("the page names another file: %s", link)
	}
	for _, address := range regexp.MustCompile(`https?://[^"'\s]+`).FindAllString(page, -1) {
		if address != "http://www.w3.org/2000/svg" {
			t.Errorf("the page names %s", address)
		}
	}
	// Every element is closed: the page is read as XML, but for its first line
	// and the elements that HTML never closes.
	body := regexp.MustCompile(`<!doctype html>|<meta [^>]*>`).ReplaceAllString(page, "")
	body = regexp.MustCompile(`(?s)<script>.*</script>|<style>.*?</style>`).ReplaceAllString(body, "")
	body = regexp.MustCompile(` (hidden|open)([ >])`).ReplaceAllString(body, ` $1=""$2`)
	d := xml.NewDecoder(strings.NewReader(body))
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if err != nil {
			if err.Error() != "EOF" {
				t.Error(err)
			}
			break
		}
	}
}

// seen is a run as [grade.Options.Watched] has it recorded.
func seen() Run {
	r := run()
	r.Events[1].Seen = &record.Sighting{Queue: 1, Backlog: 4096,
		Ends: []record.End{{Conn: "A", Peer: 50001, Own: 40001, State: "ESTABLISHED"}}}
	r.Events[2].Seen = &record.Sighting{Queue: 0, Backlog: 4096,
		Ends: []record.End{{Conn: "A", Peer: 50001, Own: 40001, State: "ESTABLISHED", Unread: 1034, Unsent: 7}}}
	r.Events[3].Seen = &record.Sighting{Queue: -1, Ends: []record.End{{Conn: "A", Peer: 50001, Own: 40001}}}
	return r
}

// A step has its time, what the kernel knew, and the bytes; lines have ports.
func TestSteps(t *testing.T) {
	w := seen().wire(false)
	if w.Title != "On the wire: what happened, from top to bottom" || w.Steps[0].Known != nil {
		t.Errorf("%q, %q", w.Title, w.Steps[0].Known)
	}
	for i, want := range [][]string{nil,
		{"server, accept queue: 1 of 4096", "server, its end of A: ESTABLISHED, 0 unread"},
		{"server, accept queue: 0 of 4096", "server, its end of A: ESTABLISHED, 1,034 unread, 7 not sent yet"},
		{"server, its end of A: gone"}} {
		if got := w.Steps[i].Known; strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("step %d: got %q, want %q", i+1, got, want)
		}
	}
	if w.Steps[2].Time != "3.0" || w.Steps[3].Bytes != "" {
		t.Errorf("%+v", w.Steps)
	}
	const bytes = "0000  3c 2f 73 63 72 69 70 74  </script\n0008  3e 3c 73 63 72 69 70 74  ><script\n"
	if got := w.Steps[2].Bytes; !strings.HasPrefix(got, bytes) || strings.Contains(got, "more") {
		t.Errorf("bytes:\n%s", got)
	}
	if got := whole(record.Event{Data: []byte("a\n\xff"), Size: 4}); got !=
		"0000  61 0a ff                 a..\n... and 1 byte more\n" {
		t.Errorf("%q", got)
	}
	if len(w.Ports) != 2 || w.Ports[0].Text != ":50001" || w.Ports[1].Text != ":40001" ||
		w.Ports[0].Left >= w.Ports[1].Left {
		t.Errorf("ports: %+v", w.Ports)
	}
	last := w.Steps[len(w.Steps)-1]
	if end := last.Top + last.Height; end > 100 || end < 80 {
		t.Errorf("the last row ends at %v of 100", end)
	}
}

// The reference's run stands beside the learner's, with steps of its own.
func TestReference(t *testing.T) {
	r, ours := seen(), seen()
	ours.Folder, ours.Verdict, ours.Report, ours.Events = "solutions/30-demo", "passes", "", ours.Events[:3]
	r.Reference = &ours
	var b bytes.Buffer
	if err := r.HTML(&b); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"<svg ": 2, "<h2>On the wire: exercises/30-demo, silence</h2>": 1,
		"<h2>On the wire: solutions/30-demo, passes</h2>": 1, `class="row" data-wire="0"`: 4,
		`class="row" data-wire="1"`: 3, ">:50001</span>": 2, ">3.0 ms</span>": 2} {
		if n := strings.Count(b.String(), text); n != want {
			t.Errorf("%d times %q, want %d", n, text, want)
		}
	}
}

// Each row of the picture is where the page points at.
func TestRows(t *testing.T) {
	r := run()
	rows := record.PictureRows(r.Program, r.Events)
	svg := string(record.Picture("x", r.Program, r.Events))
	for i, at := range rows {
		if at.Bottom <= at.Top || i > 0 && at.Top != rows[i-1].Bottom {
			t.Errorf("row %d is at %+v, the one before at %+v", i, at, rows[max(0, i-1)])
		}
		// The number of the row stands in it.
		m := regexp.MustCompile(`y="(\d+)" text-anchor="end"[^>]*>` + string(rune('1'+i)) + `<`).FindStringSubmatch(svg)
		if m == nil {
			t.Fatalf("row %d has no number in\n%s", i+1, svg)
		}
		if y := atoi(m[1]); y < at.Top || y > at.Bottom {
			t.Errorf("the number of row %d is at %d, outside of %+v", i+1, y, at)
		}
	}
}

func atoi(s string) (n int) {
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}
