package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"loopback/tools/class/box"
	"loopback/tools/engine/probe"
)

// A call is one process that is started in a box, asked for something, and bounded.
type call struct {
	verb, who string // who is what messages call it
	order     any
	box       box.Options
	deadline  time.Duration
	memory    int64 // of all that is in the box
}

// An overstep is what went over a bound, and was ended.
type overstep struct{ what, text string }

func (o *overstep) Error() string { return o.what + ": " + o.text }

// child starts the process, and returns what it says. The error says why there is
// nothing.
func (b *batch) child(ctx context.Context, c call) ([]byte, error) {
	text, err := json.Marshal(c.order)
	if err != nil {
		return nil, err
	}
	said, words := &bounded{most: mostResult}, &bounded{most: 4 << 10}
	c.box.Args, c.box.Stdout, c.box.Stderr = []string{c.verb}, said, words
	cmd := box.Command(b.place.Level, c.box)
	alive, err := cmd.StdinPipe() // while it is open we are alive
	if err != nil {
		return nil, err
	}
	cmd.WaitDelay = 5 * time.Second // what has left the box's first process behind may hold its output
	if err := b.started.start(cmd); err != nil {
		return nil, fmt.Errorf("machine: starting %s: %w", c.who, err)
	}
	ended := make(chan struct{})
	why := make(chan *overstep, 1)
	go func() { why <- c.watch(ctx, cmd, ended) }()
	alive.Write(append(text, '\n'))
	err = cmd.Wait()
	close(ended)
	alive.Close()
	over := <-why
	box.End(cmd)
	b.started.ended(cmd, b.place.Level)
	switch last := strings.TrimSpace(words.String()); {
	case over != nil:
		return nil, over
	case err != nil:
		return nil, fmt.Errorf("%s ended without a result: %v %s", c.who, err, last)
	case said.cut:
		return nil, fmt.Errorf("%s wrote more than %d MB", c.who, mostResult>>20)
	}
	return said.Bytes(), nil
}

// glance is how often it is looked at what a box takes.
const glance = 100 * time.Millisecond

// watch ends what is in the box when it goes over a bound, and returns which; nil
// when it has ended by itself, or the batch is called off.
func (c *call) watch(ctx context.Context, cmd *exec.Cmd, ended <-chan struct{}) *overstep {
	alarm, tick := time.NewTimer(c.deadline), time.NewTicker(glance)
	defer alarm.Stop()
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return nil
		case <-ctx.Done():
			box.End(cmd)
			return nil
		case <-alarm.C:
			box.End(cmd)
			return &overstep{"deadline", fmt.Sprintf("not done after %v", c.deadline)}
		case <-tick.C:
		}
		b, err := probe.BurdenOf(cmd.Process.Pid)
		switch {
		case err != nil:
			continue // no evidence here
		case b.Processes > mostProcesses:
			box.End(cmd)
			return &overstep{"processes", fmt.Sprintf("the program started more than %d, and was ended", mostProcesses)}
		case b.Memory > c.memory:
			box.End(cmd)
			return &overstep{"memory", fmt.Sprintf("the program, with all that it starts, took more than %d MiB, and "+
				"was ended", c.memory>>20)}
		}
	}
}

// isOver reports whether err is that something took too much of what.
func isOver(err error, what string) bool {
	var o *overstep
	return errors.As(err, &o) && o.what == what
}

// mostResult is the most that a result may be.
const mostResult = 16 << 20

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	bytes.Buffer
	most int
	cut  bool
}

func (w *bounded) Write(data []byte) (int, error) {
	room := max(w.most-w.Len(), 0)
	w.cut = w.cut || len(data) > room
	w.Buffer.Write(data[:min(len(data), room)])
	return len(data), nil
}
