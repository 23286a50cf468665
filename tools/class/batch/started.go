package batch

import (
	"os/exec"
	"sync"

	"loopback/tools/class/box"
	"loopback/tools/engine/process"
)

// started are the processes that the batch has started and that have not ended. A box of the
// highest level takes all that was started in it along when it ends. Of the others the programs
// that were left come to the batch, and are ended here.
type started struct {
	mu   sync.Mutex
	pids map[int]bool
}

func (s *started) start(cmd *exec.Cmd) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := cmd.Start()
	if err == nil {
		if s.pids == nil {
			s.pids = map[int]bool{}
		}
		s.pids[cmd.Process.Pid] = true
	}
	return err
}

func (s *started) ended(cmd *exec.Cmd, l box.Level) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pids, cmd.Process.Pid)
	if l < box.Closed {
		process.EndAdoptedBut(s.pids)
	}
}
