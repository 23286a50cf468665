package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"

	"loopback/tools/base/tree"
	"loopback/tools/engine/build"
	"loopback/tools/engine/process"
)

// A server is a command that prints "listening on ADDR" once it can be reached.
type server struct {
	name string
	argv []string
}

// startBound is how long a server may take until it listens: a bound on hanging.
const startBound = 10 * time.Second

var serverName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// commands are the values of -exec.
type commands []server

// String is for package flag.
func (c *commands) String() string { return "" }

// Set reads NAME=COMMAND. The words of COMMAND are split as a shell splits them.
func (c *commands) Set(value string) error {
	name, line, found := strings.Cut(value, "=")
	if !found || !serverName.MatchString(name) {
		return errors.New("write NAME=COMMAND, NAME of letters, digits, dots and hyphens")
	}
	argv, err := shellquote.Split(line)
	if err != nil {
		return err
	}
	if len(argv) == 0 {
		return errors.New("COMMAND is empty")
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return err
	}
	argv[0] = path
	*c = append(*c, server{name, argv})
	return nil
}

// servers builds the solutions of units, each of which may have flags behind its
// name, and adds the commands. No two have the same name.
func servers(units []string, given commands) ([]server, error) {
	root, err := tree.Root(".")
	if err != nil {
		return nil, err
	}
	var all []server
	for _, text := range units {
		words, err := shellquote.Split(text)
		if err != nil || len(words) == 0 {
			return nil, fmt.Errorf("%q is not a unit", text)
		}
		unit := words[0]
		exe, err := build.Alone(context.Background(), root, filepath.Join(root, "solutions", unit), false)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", unit, err)
		}
		all = append(all, server{unit, append([]string{exe, "-listen", "127.0.0.1:0"}, words[1:]...)})
	}
	all = append(all, given...)
	seen := map[string]bool{}
	for _, s := range all {
		if seen[s.name] {
			return nil, fmt.Errorf("two servers are named %s", s.name)
		}
		seen[s.name] = true
	}
	return all, nil
}

// start starts a server and returns the address that it announces. With cpus, a
// list such as "0,2-3", it runs on those processors alone.
func (s server) start(cpus string) (addr string, p *process.Process, err error) {
	argv := s.argv
	if cpus != "" {
		taskset, err := exec.LookPath("taskset")
		if err != nil {
			return "", nil, fmt.Errorf("taskset (util-linux) gives the servers processors of their own: %w", err)
		}
		argv = append([]string{taskset, "-c", cpus}, argv...)
	}
	printed := make(chan struct{}, 1)
	p, err = process.Start(process.Options{
		Path: argv[0], Args: argv[1:],
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.TempDir()},
		OnOutput: func() {
			select {
			case printed <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		return "", nil, err
	}
	addr, err = announced(p, printed)
	if err != nil {
		p.End()
		return "", nil, err
	}
	return addr, p, nil
}

// announced waits for the first line of a server's output.
func announced(p *process.Process, printed <-chan struct{}) (string, error) {
	late := time.After(startBound)
	for {
		if line, ok := p.Stdout().FirstLine(); ok {
			addr, found := strings.CutPrefix(line, "listening on ")
			if !found {
				return "", fmt.Errorf("its first line is not \"listening on ADDR\": %q", line)
			}
			return addr, nil
		}
		select {
		case <-printed:
		case <-p.Done():
			return "", fmt.Errorf("it ended before it listened: %s", p.Stderr().Bytes())
		case <-late:
			return "", errors.New("it announced no address")
		}
	}
}
