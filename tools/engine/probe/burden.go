package probe

// A Burden is what a program takes from its machine: it and its descendants.
type Burden struct {
	Processes int
	Threads   int
	Memory    int64 // bytes of physical memory; what several share counts once when it is much
}

// Crowd is how many processes are counted at the most. Those that start others without
// end are more at each look, and a look at all of them would never be over. Of so many
// the memory is not known.
const Crowd = 250

// BurdenOf tells the burden of the process root. It costs less than a [Look], and
// says less: nobody makes sure that all of it held at one moment. A process that
// has ended is none. The error is ErrNoEvidence.
func BurdenOf(root int) (Burden, error) { return burdenOf(root) }
