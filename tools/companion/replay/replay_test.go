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
