package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"loopback/tools/engine/space"
)

// A Scenario is one behaviour that a program is graded for: one file.
type Scenario struct {
	ID    string // the file's name in its unit, without .txtar
	File  string // the file that holds the script, relative to the root
	Unit  string // the unit that is graded
	Rule  string // what must hold, in one sentence
	Alias bool   // the script is another unit's

	Points     int           // whole points, all or nothing; 1 unless the file says otherwise
	Needs      []string      // scenarios without which this one is not run
	Timeout    time.Duration // how long the program may sleep without any progress, where nothing is proved
	Patient    bool          // the file sets Timeout: it holds for programs with timers, too
	Collects   bool          // a Go program collects its garbage as usual
	Tidy       bool          // or at once, so that little growth can be seen
	Patience   time.Duration // how long its client waits before it asks again, or 0
	Tags       []string
	Visibility string   // visible, after_due_date, after_published or hidden
	Race       bool     // needs a program built with the race detector
	Namespace  bool     // the program runs in a user and network namespace of its own
	Through    string   // echo: the server passes its clients on to a backend that echoes; connect: they ask for it
	Challenge  bool     // it never counts, and runs when all else passes
	Slow       string   // why it takes more than a second, or ""
	Lasting    bool     // it is slow, or may wait for timers: it begins before the others
	Settings   []string // NAME=VALUE for that namespace: see space.Start

	Start    []string  // the first command that starts the program, in words: "serve", "-udp"
	Read     string    // where the chapter explains it
	sections []section // the causes and hints, in the order in which they are tried
	own      string    // the file that stands for another unit's scenario, or ""
	hidden   *Hidden   // what it was read from, where that is no part of the course
	texts    [][]byte  // what the files of Files held when they were read
}

// setting matches the names of what a network namespace has for itself.
var setting = regexp.MustCompile(`^net(\.[a-z0-9_]+)+$`)

// hangBound is how long a program may use processor time or sleep without any
// progress before a scenario is given up, unless its file says otherwise. It
// is a bound on hanging, not a measure of speed.
const hangBound = 5 * time.Second

// loadScenario reads testdata/unit/id.txtar. When its first line is
// `# as UNIT/ID` the other unit's file is read in its place; sections of the
// file itself come first.
func loadScenario(files fs.FS, unit, id string) (*Scenario, error) {
	sc := &Scenario{ID: id, Unit: unit, File: filepath.Join("testdata", unit, id+".txtar")}
	data, err := readText(files, sc.File)
	if err != nil {
		return nil, err
	}
	own := data
	if other, ok := strings.CutPrefix(string(data), "# as "); ok {
		if err := sc.borrow(data); err != nil {
			return nil, err
		}
		other, _, _ = strings.Cut(other, "\n")
		target := filepath.Join("testdata", filepath.FromSlash(other)+".txtar")
		if data, err = readText(files, target); err != nil {
			return nil, fmt.Errorf("%s:1: stands for %s, which cannot be read", sc.File, target)
		}
		if strings.HasPrefix(string(data), "# as ") {
			return nil, fmt.Errorf("%s:1: stands for %s, which itself stands for another", sc.File, target)
		}
		sc.File, sc.Alias, sc.own = target, true, sc.File
		sc.texts = [][]byte{data, own}
	} else {
		sc.texts = [][]byte{data}
	}
	return sc, sc.parse(data)
}

// readText reads a file of lines. An editor or an unpacker may have given them the
// ends that lines have on Windows; what a scenario sends and expects is written in
// escapes, and is not changed by that.
func readText(files fs.FS, file string) ([]byte, error) {
	data, err := fs.ReadFile(files, filepath.ToSlash(file))
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), err
}

// Script returns the script in File as it was when the unit was read: what is played,
// whatever has become of the file since. The sections behind it are no part of it: they
// would be unpacked as files, whose names not every system takes.
func (sc *Scenario) Script() []byte { return scriptIn(sc.texts[0]) }

func scriptIn(text []byte) []byte { return txtar.Parse(text).Comment }

// borrow reads the sections of a file that stands for another unit's scenario.
func (sc *Scenario) borrow(data []byte) error {
	head, _, _ := strings.Cut(string(data), "\n-- ")
	_, more, _ := strings.Cut(head, "\n")
	switch strings.TrimSpace(more) {
	case "":
	case "# through echo", "# through connect":
		sc.Through = strings.TrimPrefix(strings.TrimSpace(more), "# through ")
	default:
		return fmt.Errorf("%s:2: the script is another unit's; only the header through and sections may follow, "+
			"such as -- cause CODE --", sc.File)
	}
	sections, err := parseSections(sc.File, data)
	sc.add(sections)
	return err
}

// Files returns the files that the scenario is made of, relative to the root.
func (sc *Scenario) Files() []string {
	if sc.own != "" {
		return []string{sc.File, sc.own}
	}
	return []string{sc.File}
}

func (sc *Scenario) parse(data []byte) error {
	sc.Points, sc.Timeout, sc.Visibility = 1, hangBound, "visible"
	lines := strings.Split(string(txtar.Parse(data).Comment), "\n")
	if err := sc.parseHead(lines); err != nil {
		return err
	}
	if err := sc.proofread(lines); err != nil {
		return err
	}
	watches := func(line string) bool { return firstWord(line) == "outlast" }
	sc.Lasting = sc.Slow != "" || slices.ContainsFunc(lines, watches)
	starts := func(line string) bool { return firstWord(line) == "serve" || firstWord(line) == "run" }
	if i := slices.IndexFunc(lines, starts); i >= 0 {
		sc.Start = strings.Fields(lines[i])
	}
	sections, err := parseSections(sc.File, data)
	sc.add(sections)
	return err
}

func lineOf(data []byte, section string) int {
	before, _, _ := strings.Cut(string(data), "-- "+section+" --")
	return strings.Count(before, "\n") + 1
}

// parseHead reads the first block of comments: the rule, then optional lines
// such as "# points 2".
func (sc *Scenario) parseHead(lines []string) error {
	for i, line := range lines {
		text, ok := strings.CutPrefix(line, "# ")
		if !ok {
			break
		}
		if i == 0 {
			sc.Rule = text
			continue
		}
		if err := sc.header(text); err != nil {
			return fmt.Errorf("%s:%d: %v", sc.File, i+1, err)
		}
	}
	if sc.Rule == "" {
		return fmt.Errorf("%s:1: the first line must be a comment that says the rule", sc.File)
	}
	return nil
}

func (sc *Scenario) header(line string) error {
	key, value, _ := strings.Cut(line, " ")
	var err error
	switch key {
	case "points":
		sc.Points, err = strconv.Atoi(value)
		if err != nil || sc.Points < 0 {
			return fmt.Errorf("points must be a whole number, not %q", value)
		}
	case "timeout":
		sc.Patient = true
		sc.Timeout, err = time.ParseDuration(value)
		if err != nil || sc.Timeout <= 0 {
			return fmt.Errorf("timeout must be a duration such as 3s, not %q", value)
		}
	case "patience":
		err = sc.parsePatience(value)
	case "needs":
		sc.Needs = strings.Fields(value)
	case "tags":
		sc.Tags = strings.Fields(value)
	case "visibility":
		sc.Visibility = value
		if !slices.Contains([]string{"visible", "after_due_date", "after_published", "hidden"}, value) {
			return fmt.Errorf("visibility must be visible, after_due_date, after_published or hidden, not %q", value)
		}
	case "garbage":
		sc.Collects = true
		if sc.Tidy = value == "soon"; !sc.Tidy && value != "" {
			return fmt.Errorf("garbage may be followed by soon, and not by %q", value)
		}
	case "through":
		if sc.Through = value; value != "echo" && value != "connect" {
			return fmt.Errorf("through must be followed by echo or connect, not by %q", value)
		}
	case "slow":
		if sc.Slow = value; value == "" {
			return errors.New("slow must be followed by why it takes more than a second")
		}
	case "challenge":
		sc.Challenge = true
	case "race":
		sc.Race = true
	case "namespace":
		sc.Namespace = true
	case "sysctl":
		name, value, _ := strings.Cut(value, " ")
		if !setting.MatchString(name) || value == "" {
			return fmt.Errorf("sysctl must be followed by a name that begins with net. and by a value, not by %q", name)
		}
		sc.Namespace = true
		sc.Settings = append(sc.Settings, name+"="+value)
	case "unreachable":
		if addr, err := netip.ParseAddr(value); err != nil || !addr.Is4() {
			return fmt.Errorf("unreachable must be followed by an IPv4 address, not by %q", value)
		}
		sc.Namespace = true
		sc.Settings = append(sc.Settings, space.Unreachable+"="+value)
	default:
		return fmt.Errorf("unknown header %q; headers are: points, timeout, patience, needs, tags, visibility, "+
			"slow, challenge, race, garbage, through, namespace, sysctl, unreachable", key)
	}
	return nil
}
