package probe

import (
	"encoding/binary"
	"os"
	"testing"
	"time"
)

// Apple's struct proc_taskinfo, of a process that has used 2.5 s and holds 12 MiB.
func TestTaskInfo(t *testing.T) {
	info := func(user, system uint64) []byte {
		var b []byte
		for _, n := range []uint64{420 << 30, 12 << 20, user, system, 7, 7} { // uint64_t pti_virtual_size ...
			b = binary.LittleEndian.AppendUint64(b, n)
		}
		for n := range uint32(12) { // int32_t pti_policy ... pti_priority
			b = binary.LittleEndian.AppendUint32(b, 1000+n)
		}
		return b
	}
	want := Usage{CPU: 2500 * time.Millisecond, Memory: 12 << 20}
	for perSecond, b := range map[uint64][]byte{
		24_000_000:    info(48_000_000, 12_000_000),     // Apple silicon
		1_000_000_000: info(2_000_000_000, 500_000_000), // Intel
		3_000_000_000: info(7_500_000_000, 0),           // more than a tick each nanosecond
	} {
		if got, err := parseTaskInfo(b, perSecond); got != want || err != nil {
			t.Errorf("%d ticks a second: got %v, %v, want %v", perSecond, got, err, want)
		}
	}
	whole := info(1, 1)
	for _, b := range [][]byte{nil, whole[:taskInfoSize-1], append(whole, 0)} {
		if _, err := parseTaskInfo(b, 24_000_000); err != ErrNoEvidence {
			t.Errorf("%d bytes: got %v, want %v", len(b), err, ErrNoEvidence)
		}
	}
	if _, err := parseTaskInfo(whole, 0); err != ErrNoEvidence {
		t.Errorf("a clock that stands still: got %v, want %v", err, ErrNoEvidence)
	}
	if _, err := parseTaskInfo(info(1<<63, 0), 1); err != ErrNoEvidence {
		t.Errorf("more than fits: got %v, want %v", err, ErrNoEvidence)
	}
}

// FreeBSD's struct kinfo_proc, of the process 4711.
func TestKinfoProc(t *testing.T) {
	b := make([]byte, kinfoProcSize)
	binary.LittleEndian.PutUint32(b[0:], kinfoProcSize) // ki_structsize
	binary.LittleEndian.PutUint32(b[72:], 4711)         // ki_pid
	binary.LittleEndian.PutUint64(b[264:], 3000)        // ki_rssize
	binary.LittleEndian.PutUint64(b[328:], 1_250_000)   // ki_runtime
	want := Usage{CPU: 1250 * time.Millisecond, Memory: 3000 * 4096}
	if got, err := parseKinfoProc(b, 4711, 4096); got != want || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if _, err := parseKinfoProc(b, 4712, 4096); err != ErrNoEvidence {
		t.Errorf("of another process: got %v, want %v", err, ErrNoEvidence)
	}
	if _, err := parseKinfoProc(b[:kinfoProcSize-1], 4711, 4096); err != ErrNoEvidence {
		t.Errorf("too short: got %v, want %v", err, ErrNoEvidence)
	}
	binary.LittleEndian.PutUint32(b, 816) // of a system with 32 bits
	if _, err := parseKinfoProc(b, 4711, 4096); err != ErrNoEvidence {
		t.Errorf("of another layout: got %v, want %v", err, ErrNoEvidence)
	}
}

// What cannot be true is no evidence: a clock in other units, a field beside the right one.
func TestCredible(t *testing.T) {
	const second, mem = time.Second, 20 << 20
	for _, test := range []struct {
		u    Usage
		want bool
	}{
		{Usage{second, mem}, true},
		{Usage{second + usageGrain, mem}, true},
		{Usage{second * 3 / 125, mem}, false}, // ticks of Apple silicon, taken for nanoseconds
		{Usage{0, mem}, false},
		{Usage{second * 2, mem}, false},
		{Usage{second, 0}, false},
		{Usage{second, mem / 4096}, false}, // pages, taken for bytes
		{Usage{second, mem * 1024}, false}, // and the other way round
	} {
		if got := test.u.credible(second, second, mem); got != test.want {
			t.Errorf("%v: got %v, want %v", test.u, got, test.want)
		}
	}
}

// On a system that tells what a process uses, it tells so of this one; and time that is
// spent shows.
func TestUsage(t *testing.T) {
	before, err := UsageOf(os.Getpid())
	if err == ErrNoEvidence {
		t.Skip(err)
	}
	spent, _ := ownUsage()
	for now := spent; now < spent+100*time.Millisecond; now, _ = ownUsage() {
	}
	after, err := UsageOf(os.Getpid())
	if err != nil || after.CPU-before.CPU < 50*time.Millisecond {
		t.Errorf("got %v and %v, %v: 100 ms were spent in between", before, after, err)
	}
}

// A system that tells the caller's own usage, whichever process is named, is found out.
func TestUsageOfAnother(t *testing.T) {
	own := func() (Usage, error) { cpu, mem := ownUsage(); return Usage{CPU: cpu, Memory: mem}, nil }
	if yes, known := isAnothers(own); yes || !known {
		t.Errorf("the caller's own: got %v, %v, want false and known", yes, known)
	}
	ended := func() (Usage, error) { return Usage{}, ErrNoEvidence }
	if yes, known := isAnothers(ended); yes || known {
		t.Errorf("of a process that has ended: got %v, %v, want nothing", yes, known)
	}
	tries := 0
	later := func() (Usage, error) {
		if tries++; tries == usageTries {
			return Usage{}, nil // it has used nothing
		}
		return own()
	}
	if yes, known := isAnothers(later); !yes || !known {
		t.Errorf("of another: got %v, %v, want true", yes, known)
	}
}
