//go:build !linux || !(amd64 || arm64 || riscv64 || loong64)

package probe

func printing([]int) int { return 0 }
