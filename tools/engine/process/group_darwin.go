package process

import "golang.org/x/sys/unix"

// groupMembers lists the living members of a process group, by sysctl(3)
// KERN_PROC_PGRP.
func groupMembers(pgrp int) []Stray {
	const zombie = 5 // SZOMB in sys/proc.h
	procs, err := unix.SysctlKinfoProcSlice("kern.proc.pgrp", pgrp)
	if err != nil {
		return nil
	}
	var members []Stray
	for _, k := range procs {
		if k.Proc.P_stat != zombie {
			members = append(members, Stray{
				PID:     int(k.Proc.P_pid),
				Command: oneLine([]string{unix.ByteSliceToString(k.Proc.P_comm[:])}),
			})
		}
	}
	return members
}
