//go:build !noevidence

package probe

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"
)

// imageTime bounds the wait for an execve(2) that is under way.
const imageTime = 5 * time.Second

// Image returns a number that changes when the process becomes another program, or
// the same one anew: where the kernel has put its stack (startstack in
// proc_pid_stat(5)), which is drawn at every execve(2). 0 is unknown.
func Image(pid int) uint64 {
	// While the kernel still builds the new program, the number is 0, or one that is not its last; where its code
	// begins is 0 until then.
	for end := time.Now().Add(imageTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
		data, err := readFile("/proc/"+strconv.Itoa(pid)+"/stat", make([]byte, 1024))
		i := bytes.LastIndexByte(data, ')')
		if err != nil || i < 0 {
			return 0
		}
		fields := strings.Fields(string(data[i+1:]))
		const startcode, startstack = 26 - 3, 28 - 3 // the first field behind the name is number 3
		if len(fields) <= startstack || fields[0] == "Z" || fields[0] == "X" {
			return 0
		}
		if n, _ := strconv.ParseUint(fields[startstack], 10, 64); n != 0 && fields[startcode] != "0" {
			return n
		}
	}
	return 0
}

// IsOther reports whether a process executes another program than this file, whose bytes
// exe returns: the file may have been replaced meanwhile, by the same program that
// was built once more. What cannot be seen it does not report.
func IsOther(pid int, file string, exe func() ([]byte, error)) bool {
	image := "/proc/" + strconv.Itoa(pid) + "/exe"
	now, err := os.Stat(image)
	if err != nil {
		return false
	}
	if own, err := os.Stat(file); err == nil && os.SameFile(now, own) {
		return false
	}
	data, err := os.ReadFile(image)
	if err != nil {
		return false
	}
	own, err := exe()
	return err == nil && !bytes.Equal(data, own)
}

// Variable returns the value of a variable in the environment with which the process
// was executed; ok is false when it has none, or it cannot be read.
func Variable(pid int, name string) (value string, ok bool) {
	env, err := readFile("/proc/"+strconv.Itoa(pid)+"/environ", make([]byte, 256<<10))
	if err != nil {
		return "", false
	}
	for _, v := range bytes.Split(env, []byte{0}) {
		if text, found := strings.CutPrefix(string(v), name+"="); found {
			return text, true
		}
	}
	return "", false
}
