package weave

import (
	"strings"
	"testing"
)

const table = `$ go run ./tools/measure/load -rounds 3
linux/amd64, 2 processors, go1.26.8; 1000 connections, 50 active; 3 rounds
median (least to greatest); a ratio is to 00-hello in the same round

00-hello
  echoes a second  50,400 (48,100 to 51,000)  ratio 1.02 (0.98 to 1.07)`

func TestMeasured(t *testing.T) {
	b := &book{scenarios: map[string][]string{"00-hello": nil}}
	if err := b.checkMeasured("t.txt", strings.Split(table, "\n")); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"typed by hand", "$ go run ./tools/measure/load", "$ load", "t.txt:1: a table begins with the command"},
		{"no machine", "linux/amd64", "a computer", "t.txt:2: the second line says on what"},
		{"an unknown unit", "\n00-hello\n", "\n00-helo\n", "t.txt:5: there is no unit 00-helo"},
		{"a median that is none", "50,400 (", "5,400 (", "t.txt:6: the median 5,400 (48,100 to 51,000) is outside"},
		{"a ratio that is none", "1.02 (", "1.2 (", "t.txt:6: the median 1.2 (0.98 to 1.07) is outside"},
		{"no figures", "  echoes a second  50,400 (48,100 to 51,000)  ratio 1.02 (0.98 to 1.07)", "",
			"t.txt: there is no figure in it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.Replace(table, c.old, c.new, 1)
			if changed == table {
				t.Fatal("the error was not put in")
			}
			err := b.checkMeasured("t.txt", strings.Split(changed, "\n"))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s...", err, c.want)
			}
		})
	}
}
