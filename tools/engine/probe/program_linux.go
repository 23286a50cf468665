//go:build !noevidence

package probe

import (
	"debug/buildinfo"
	"io"
	"os"
	"strconv"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A program is what a process's executable file tells.
type program struct {
	known   bool
	golang  bool // built by Go: it has a monitor thread
	foreign bool // built for another word size: its system calls have other numbers
}

// A fileID names an executable until it is built again.
type fileID struct {
	dev, ino      uint64
	size, sec, ns int64
}

var programs sync.Map // fileID to program

// programOf reads the executable of a process, once for each file.
func programOf(pid int) program {
	path := "/proc/" + strconv.Itoa(pid) + "/exe"
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return program{}
	}
	id := fileID{uint64(st.Dev), uint64(st.Ino), st.Size, int64(st.Mtim.Sec), int64(st.Mtim.Nsec)}
	if p, ok := programs.Load(id); ok {
		return p.(program)
	}
	f, err := os.Open(path)
	if err != nil {
		return program{}
	}
	defer f.Close()
	p := readProgram(f)
	// The process may have started another program since the stat.
	if info, err := f.Stat(); err == nil && info.Size() == st.Size {
		programs.Store(id, p)
	}
	return p
}

// readProgram looks for Go's build information and the class in the ELF header.
func readProgram(f io.ReaderAt) program {
	_, err := buildinfo.Read(f)
	p := program{known: true, golang: err == nil}
	var ident [5]byte
	const elf32, elf64 = 1, 2
	class := byte(elf64)
	if unsafe.Sizeof(uintptr(0)) == 4 {
		class = elf32
	}
	if _, err := f.ReadAt(ident[:], 0); err == nil && string(ident[:4]) == "\x7fELF" {
		p.foreign = ident[4] != class
	}
	return p
}
