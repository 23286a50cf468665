// Package watch follows folders and tells when the files in them have other
// content than before. It knows nothing about what the files are for.
//
// The system's events (fsnotify) make it quick; a look at the files, now and
// then, makes it certain, also where there are no events: on network file
// systems, in folders that a virtual machine or a container shares. Folders are
// watched, not files, because many editors save by writing a new file and
// giving it the old one's name. Nothing is told before the files have been left
// alone for a moment, since a file may be found half written.
package watch

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options of [Follow].
type Options struct {
	// Match reports whether a file, by its name without the folder, matters.
	Match func(name string) bool
	// Look is how often all files are looked at in any case; a second when 0.
	Look time.Duration
	// Quiet is how long files must be left alone before a change is told; 20 ms
	// when 0. Files that are written to without a pause are told when that has
	// gone on for longer than a look.
	Quiet time.Duration
	// NoEvents leaves the system's events out.
	NoEvents bool
}

// A follower is what follows.
type follower struct {
	o       Options
	folders []string
	events  *fsnotify.Watcher // nil where there are none
	seen    map[string][sha256.Size]byte
	changed map[string]bool // noticed, and not yet told
	out     chan []string
}

// Follow follows folders, which may come and go, until ctx is done, and sends
// the names of those in which something has changed. Then the channel is
// closed. What changes at the same time, or while nobody receives, is told
// together.
func Follow(ctx context.Context, folders []string, o Options) <-chan []string {
	if o.Look == 0 {
		o.Look = time.Second
	}
	if o.Quiet == 0 {
		o.Quiet = 20 * time.Millisecond
	}
	f := &follower{o: o, folders: folders, seen: map[string][sha256.Size]byte{},
		changed: map[string]bool{}, out: make(chan []string)}
	if !o.NoEvents {
		f.events, _ = fsnotify.NewWatcher() // without it the looks have to do
	}
	f.add()
	for _, dir := range folders {
		f.seen[dir] = f.content(dir)
	}
	go f.run(ctx)
	return f.out
}

// add asks for the events of every folder, again where one was removed and
// made anew meanwhile.
func (f *follower) add() {
	if f.events == nil {
		return
	}
	for _, dir := range f.folders {
		f.events.Add(dir) // it may not be there, or have no events
	}
}

func (f *follower) run(ctx context.Context) {
	defer close(f.out)
	var events chan fsnotify.Event
	var errs chan error
	if f.events != nil {
		defer f.events.Close()
		events, errs = f.events.Events, f.events.Errors
	}
	look := time.NewTicker(f.o.Look)
	defer look.Stop()
	quiet := time.NewTimer(0)
	<-quiet.C
	var since time.Time // when quiet began to run; zero when it does not
	hush := func() {
		quiet.Reset(f.o.Quiet)
		if since.IsZero() {
			since = time.Now()
		}
	}
	for {
		next, out := f.next()
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			if f.o.Match == nil || f.o.Match(filepath.Base(e.Name)) {
				hush()
			}
		case <-errs: // such as a queue that ran over: look for ourselves
			hush()
		case <-quiet.C:
			since = time.Time{}
			f.look()
		case <-look.C:
			f.add()
			switch {
			case since.IsZero() && f.differs():
				hush() // it may be half written
			case !since.IsZero() && time.Since(since) > max(f.o.Look, f.o.Quiet):
				f.look()
			}
		case out <- next:
			clear(f.changed)
		}
	}
}

// next returns the folders to tell of and the channel to tell it on; a nil
// channel when there are none.
func (f *follower) next() ([]string, chan<- []string) {
	if len(f.changed) == 0 {
		return nil, nil
	}
	var changed []string
	for _, dir := range f.folders {
		if f.changed[dir] {
			changed = append(changed, dir)
		}
	}
	return changed, f.out
}

// differs reports whether a folder is not what was seen.
func (f *follower) differs() bool {
	for _, dir := range f.folders {
		if f.content(dir) != f.seen[dir] {
			return true
		}
	}
	return false
}

// look compares every folder with what was seen.
func (f *follower) look() {
	for _, dir := range f.folders {
		if now := f.content(dir); now != f.seen[dir] {
			f.seen[dir] = now
			f.changed[dir] = true
		}
	}
}

// content returns a hash over the files of dir that matter. What cannot be read
// counts as not there.
func (f *follower) content(dir string) [sha256.Size]byte {
	h := sha256.New()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return [sha256.Size]byte{}
	}
	for _, e := range entries {
		if e.IsDir() || f.o.Match != nil && !f.o.Match(e.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		fmt.Fprintln(h, e.Name(), len(data))
		h.Write(data)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
