package resp

import (
	"fmt"
	"strings"

	"loopback/tools/engine/play/payload"
)

// A store is a model of what a server keeps that speaks a part of RESP.
type store struct{ values map[string]string }

// NewStore returns a store without keys.
func NewStore() *store { return &store{values: map[string]string{}} }

// do carries out one command and returns the reply.
func (m *store) do(words []string) []byte {
	switch name, args := strings.ToUpper(words[0]), words[1:]; {
	case name == "PING" && len(args) == 0:
		return []byte("+PONG\r\n")
	case name == "ECHO" && len(args) == 1:
		return payload.Bulk([]byte(args[0]))
	case name == "SET" && len(args) == 2:
		m.values[args[0]] = args[1]
		return []byte("+OK\r\n")
	case name == "GET" && len(args) == 1:
		if value, ok := m.values[args[0]]; ok {
			return payload.Bulk([]byte(value))
		}
		return []byte("$-1\r\n")
	case name == "DEL" && len(args) > 0:
		before := len(m.values)
		for _, key := range args {
			delete(m.values, key)
		}
		return fmt.Appendf(nil, ":%d\r\n", before-len(m.values))
	}
	return []byte("-ERR unknown command or wrong number of arguments\r\n")
}

// RespOf returns a command as an array of bulk strings.
func RespOf(words []string) []byte {
	data := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, word := range words {
		data = append(data, payload.Bulk([]byte(word))...)
	}
	return data
}
