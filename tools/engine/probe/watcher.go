package probe

// A Watcher looks at one program again and again. It remembers the last look that
// found every thread asleep: as long as none has run since, what that look has proved
// still holds, and that is seen at a fraction of the cost. Its methods may be called
// from any goroutine.
type Watcher struct {
	root int
	lastLook
}

// NewWatcher returns a Watcher of the process root and its descendants. Whoever calls it
// must call Close.
func NewWatcher(root int) *Watcher { return &Watcher{root: root} }

// Look is [Look] at the program.
func (w *Watcher) Look() Activity { return w.look(w.root) }

// LookAnew is Look, and takes nothing from the last one: for what is to be certain.
func (w *Watcher) LookAnew() Activity { return w.lookAnew(w.root) }

// Close lets go of what the Watcher holds. A later Look still works.
func (w *Watcher) Close() { w.forget() }
