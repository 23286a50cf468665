//go:build !linux && !darwin

package screen

import "golang.org/x/term"

// oneByOne sets the terminal so that keys come without Enter. Ctrl-C comes as
// a key, too: [CtrlC].
func oneByOne(fd int) (restore func()) {
	old, err := term.MakeRaw(fd)
	if err != nil {
		return func() {}
	}
	return func() { term.Restore(fd, old) }
}

// readOne waits for a key. Nobody else can have the terminal: [Keys.Lend] is
// for systems on which a read can be given up.
func (k *Keys) readOne(buf []byte) (n int, err error) { return k.in.Read(buf) }
