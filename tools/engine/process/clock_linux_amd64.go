package process

import (
	"bufio"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"
)

// Advance puts the clock of a stopped process forward: from now on what time it
// is, and how long ago something was, is said to it with d added, on top of what
// was added before. Timers of its own that a program keeps by asking for the
// time, as every Go program does, are then due; a timeout in a system call is not.
//
// The program asks without a system call, in the vDSO (vdso(7)), a page of code
// that the kernel puts into each process. The process's own copy of it is written
// anew, as a debugger does to stop there. No thread of it may run meanwhile: one
// that is just there makes this an error, and nothing is changed.
func (p *Process) Advance(d time.Duration) error {
	family.mu.Lock() // the process is not reaped meanwhile, so its number is its own
	defer family.mu.Unlock()
	if family.live[p.pid] != p {
		return os.ErrProcessDone
	}
	ahead := p.ahead + d.Round(time.Second)
	if ahead/time.Second > math.MaxInt32 {
		return errors.New("the clock cannot be put so far forward")
	}
	dir := fmt.Sprintf("/proc/%d", p.pid)
	from, to, err := vdso(dir)
	if err != nil {
		return err
	}
	if err := noneWithin(dir, from, to); err != nil {
		return err
	}
	memory, err := os.OpenFile(dir+"/mem", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer memory.Close()
	if p.asks == 0 {
		if p.asks, err = clockFunction(memory, from, to); err != nil {
			return err
		}
	}
	if _, err := memory.WriteAt(clockAhead(ahead), p.asks); err != nil {
		return err
	}
	p.ahead = ahead
	return nil
}

// vdso returns where the kernel has put it.
func vdso(dir string) (from, to int64, err error) {
	maps, err := os.Open(dir + "/maps")
	if err != nil {
		return 0, 0, err
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if strings.HasSuffix(lines.Text(), "[vdso]") {
			_, err := fmt.Sscanf(lines.Text(), "%x-%x", &from, &to)
			return from, to, err
		}
	}
	return 0, 0, errors.New("the process has no vDSO")
}

// noneWithin returns an error when a thread would go on there.
func noneWithin(dir string, from, to int64) error {
	threads, err := os.ReadDir(dir + "/task")
	if err != nil {
		return err
	}
	for _, thread := range threads {
		// The last field is the address of the next instruction (proc_pid_syscall(5)).
		text, err := os.ReadFile(dir + "/task/" + thread.Name() + "/syscall")
		if err != nil {
			return err
		}
		fields := strings.Fields(string(text))
		var at int64
		if _, err := fmt.Sscanf(fields[len(fields)-1], "0x%x", &at); err != nil {
			return fmt.Errorf("thread %s runs", thread.Name())
		}
		if at >= from && at < to {
			return fmt.Errorf("thread %s is just asking for the time", thread.Name())
		}
	}
	return nil
}

// clockFunction returns where the function is that says the time.
func clockFunction(memory *os.File, from, to int64) (int64, error) {
	image := make([]byte, to-from)
	if _, err := memory.ReadAt(image, from); err != nil {
		return 0, err
	}
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		return 0, err
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return 0, err
	}
	for _, s := range symbols {
		if s.Name == "__vdso_clock_gettime" && s.Size >= uint64(len(clockAhead(0))) &&
			s.Value+s.Size <= uint64(len(image)) {
			return from + int64(s.Value), nil
		}
	}
	return 0, errors.New("the vDSO does not say the time")
}

// clockAhead is that function, written anew: the system call clock_gettime(2), and
// then so many seconds more where it has succeeded.
func clockAhead(d time.Duration) []byte {
	code := []byte{
		0xb8, 228, 0, 0, 0, // mov eax, 228: the number of clock_gettime
		0x0f, 0x05, // syscall
		0x85, 0xc0, // test eax, eax
		0x75, 0x07, // jne to the ret
		0x48, 0x81, 0x06, // add qword ptr [rsi], and the number
	}
	code = binary.LittleEndian.AppendUint32(code, uint32(d/time.Second))
	return append(code, 0xc3) // ret
}
