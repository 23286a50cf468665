//go:build linux

package main

import (
	"strings"
	"sync"
)

// This file is given: what the commands put and get do, and what is replied when
// something is wrong.

// The replies to commands that cannot be carried out. A newline follows each.
const (
	errUnknown      = "error: unknown command"
	errTooLong      = "error: too long"
	errNoDescriptor = "error: no descriptor"
	errCannotRead   = "error: cannot read"
	errNotYours     = "error: not yours"
	errNoSecret     = "error: no such secret"
)

// Secrets keeps texts under names. All clients share it.
type secrets struct {
	mu    sync.Mutex
	texts map[string]string
}

// do carries out "put NAME TEXT" or "get NAME" and returns the reply, without
// a newline. Many goroutines may call it at the same time.
func (s *secrets) do(command string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	verb, rest, _ := strings.Cut(command, " ")
	name, text, hasText := strings.Cut(rest, " ")
	switch {
	case verb == "put" && name != "" && hasText:
		if s.texts == nil {
			s.texts = map[string]string{}
		}
		s.texts[name] = text
		return "ok"
	case verb == "get" && name != "" && !hasText:
		if text, ok := s.texts[name]; ok {
			return text
		}
		return errNoSecret
	}
	return errUnknown
}
