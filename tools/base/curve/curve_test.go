package curve

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const head = "server,offered,rounds,p50,p99,p99_least,p99_greatest\n"

const figures = "# measured on a machine\n\n" + head +
	"04-one,50,5,0.03,0.08,0.07,0.2\n04-one,90,0,,,,\n04-one,100,5,2,9,8,12\n04-one,120,5,90,170,160,1200\n" +
	"06-two,50,5,0.02,0.06,0.05,0.07\n06-two,100,5,0.4,1,0.9,2\n"

func drawn(t *testing.T, file string) string {
	t.Helper()
	svg, err := Draw("Latency <rises>", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			return string(svg)
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
	}
}

func TestDraw(t *testing.T) {
	svg := drawn(t, figures)
	for _, want := range []string{
		"<title>Latency &lt;rises&gt;</title>",
		"06-two\n  at 50 %: p50 0.02 ms, p99 0.06 ms\n  at 100 %",
		"  at 90 %: the load generator was the bottleneck\n",
		">10 µs<", ">100 µs<", ">1 ms<", ">10 ms<", ">100 ms<", ">1 s<", ">10 s<", ">120 %<",
		"100 % is 04-one in a closed loop", "prefers-color-scheme: dark",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in\n%s", want, svg)
		}
	}
	if again := drawn(t, figures); again != svg {
		t.Error("drawn twice, and not the same")
	}
	for _, m := range regexp.MustCompile(`<(rect|path|circle|text)[^>]*>`).FindAllString(svg, -1) {
		if !strings.Contains(m, `fill="#`) && !strings.Contains(m, `stroke="#`) {
			t.Errorf("without a colour of its own: %s", m)
		}
	}
}

// The first server's p99 is broken where there is no figure; greater latencies are
// higher up, and all of it is within the picture.
func TestLines(t *testing.T) {
	svg := drawn(t, figures)
	paths := regexp.MustCompile(`class="wire-0-line"[^>]*stroke-width="2"[^>]* d="([^"]*)"`).FindAllStringSubmatch(svg, -1)
	if len(paths) != 1 || strings.Count(paths[0][1], "M") != 2 || strings.Count(paths[0][1], "L") != 1 {
		t.Fatalf("the line of p99: %q; want one point, a gap, and two points", paths)
	}
	var ys []float64
	for _, m := range regexp.MustCompile(`[ML][\d.]+ ([\d.]+)`).FindAllStringSubmatch(paths[0][1], -1) {
		y, _ := strconv.ParseFloat(m[1], 64)
		ys = append(ys, y)
	}
	if !(ys[0] > ys[1] && ys[1] > ys[2]) {
		t.Errorf("heights %v: they do not rise", ys)
	}
	for _, m := range regexp.MustCompile(` (?:x|cx)="([\d.]+)"`).FindAllStringSubmatch(svg, -1) {
		if x, _ := strconv.ParseFloat(m[1], 64); x > width {
			t.Errorf("x = %v is outside", x)
		}
	}
}

func TestWrong(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "no columns: "},
		{"a column less", "server,offered,p50\n", "there is no column p99"},
		{"no rows", head, "there is no figure in it"},
		{"words", head + "04-one,50,5,fast,1,1,1\n", `record 1, 04-one: "fast" is not a figure`},
		{"below nothing", head + "04-one,50,5,-1,1,1,1\n", `record 1, 04-one: "-1" is not a figure`},
		{"half a record", head + "04-one,50,5,1,,1,1\n", `record 1, 04-one: "" is not a figure`},
		{"a p99 below the p50", head + "04-one,50,5,2,1,1,1\n", "record 1, 04-one: a p99 is at least the p50"},
		{"a median outside", head + "04-one,50,5,1,9,2,3\n", "record 1, 04-one: a p99 is at least the p50"},
		{"no order", head + "04-one,50,5,1,1,1,1\n04-one,40,5,1,1,1,1\n", "the loads of 04-one do not rise"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Draw("t", []byte(c.file)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s...", err, c.want)
			}
		})
	}
}
