package probe

// A Burden is what a program takes from its machine: it and its descendants.
type Burden struct {
	Processes int
	Threads   int
	Memory    int64 // bytes of physical memory; what several share counts once when it is much
}

// BurdenOf tells the burden of the process root. It costs less than a [Look], and
// says less: nobody makes sure that all of it held at one moment. A process that
// has ended is none. The error is ErrNoEvidence.
func BurdenOf(root int) (Burden, error) { return burdenOf(root) }
