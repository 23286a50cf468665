//go:build !linux

package probe

// Changes is never made here.
type Changes struct{}

func watchDir(string) (*Changes, error) { return nil, ErrNoEvidence }

// Since returns nothing.
func (*Changes) Since() []Change { return nil }

// Close does nothing.
func (*Changes) Close() {}
