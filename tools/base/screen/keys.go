package screen

import (
	"context"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// CtrlC is the key by which a person ends a program, where it comes as a key.
const CtrlC = 3

// look is how long one attempt to read a key lasts.
const look = 50 * time.Millisecond

// Keys reads single keys from a terminal.
type Keys struct {
	in      *os.File
	keys    chan byte
	single  bool // keys come without Enter
	mu      sync.Mutex
	restore func()
}

// OpenKeys reads keys from in until ctx is done; nil when in is no terminal.
// Where TERM is dumb the terminal is left as it is: keys come with Enter. Who
// calls it must call Close.
func OpenKeys(ctx context.Context, in *os.File) *Keys {
	if !term.IsTerminal(int(in.Fd())) {
		return nil
	}
	k := &Keys{in: in, keys: make(chan byte), single: os.Getenv("TERM") != "dumb", restore: func() {}}
	k.raw()
	go k.read(ctx)
	return k
}

// C returns the channel of keys, which is closed when the terminal is gone (or
// somebody typed Ctrl-D where keys come with Enter); nil, on which nothing ever
// comes, for no keyboard.
func (k *Keys) C() <-chan byte {
	if k == nil {
		return nil
	}
	return k.keys
}

// Close gives the terminal back as it was.
func (k *Keys) Close() {
	if k != nil {
		k.cooked()
	}
}

// Lend gives the terminal to f as it was before, and takes it back.
func (k *Keys) Lend(f func()) {
	if k == nil {
		f()
		return
	}
	k.mu.Lock() // nobody reads meanwhile
	defer k.mu.Unlock()
	k.restore()
	f()
	k.set()
}

// Again sets the terminal again, after somebody else, such as a shell that had
// suspended the program, has set it otherwise.
func (k *Keys) Again() {
	if k != nil {
		k.raw()
	}
}

func (k *Keys) raw() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.restore()
	k.set()
}

func (k *Keys) cooked() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.restore()
	k.restore = func() {}
}

// set makes keys come one by one. The caller holds mu.
func (k *Keys) set() {
	k.restore = func() {}
	if k.single {
		k.restore = oneByOne(int(k.in.Fd()))
	}
}

// read sends each key, until ctx is done or the terminal is gone.
func (k *Keys) read(ctx context.Context) {
	defer close(k.keys)
	buf := make([]byte, 1)
	for ctx.Err() == nil {
		n, err := k.readOne(buf)
		if err != nil {
			return
		}
		if n == 0 {
			continue
		}
		select {
		case k.keys <- buf[0]:
		case <-ctx.Done():
		}
	}
}
