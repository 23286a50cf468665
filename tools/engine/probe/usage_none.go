//go:build unix && !linux && !darwin && !(freebsd && (amd64 || arm64))

package probe

func usage(int) (Usage, error) { return Usage{}, ErrNoEvidence }
