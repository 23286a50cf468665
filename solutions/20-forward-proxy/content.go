package main

import (
	"bufio"
	"io"
	"net"
)

// This file is given: how bytes of a content are copied.

// copyBytes copies n bytes, or all up to the end when n is untilEnd.
func copyBytes(dst *bufio.Writer, src *bufio.Reader, n int64) error {
	for n != 0 {
		_, err := src.Peek(1)
		if err == io.EOF && n == untilEnd {
			return nil
		}
		if err != nil {
			return atEnd(err)
		}
		part, _ := src.Peek(src.Buffered())
		if n > 0 {
			part = part[:min(n, int64(len(part)))]
			n -= int64(len(part))
		}
		if _, err := dst.Write(part); err != nil {
			return err
		}
		src.Discard(len(part))
	}
	return nil
}

// atEnd returns what an error in the middle of a content means: its end is also one.
func atEnd(err error) error {
	if _, ok := err.(net.Error); ok {
		return err
	}
	return status(400)
}
