package peers

import (
	"path/filepath"
	"testing"

	"loopback/tools/base/tree"
	"loopback/tools/engine/scenario"
)

// clientsElsewhere are right clients in other languages.
var clientsElsewhere = []foreign{
	{"Python, ask", script("python3", elsewhere("ask.py")), []string{"01-dial"}},
	{"C, ask", compiled("gcc", elsewhere("ask.c"), "-Wall", "-Wextra", "-Werror", "-O1", "-o"), []string{"01-dial"}},
	{"Node, ask", script("node", elsewhere("ask.js")), []string{"01-dial"}},
	{"Java, ask", javaClass(elsewhere("Ask")), []string{"01-dial"}},
	{"Python, scan", script("python3", elsewhere("scan.py")), []string{"07-port-scanner"}},
}

// elsewhere is where a client's source is, from the folder of the servers.
func elsewhere(file string) string { return filepath.Join("..", "clients", file) }

// What is right does not depend on the language: clients.
func TestClientsElsewhere(t *testing.T) {
	root, err := tree.Root(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range clientsElsewhere {
		t.Run(c.name, func(t *testing.T) {
			argv := c.build(t, t.TempDir())
			for _, unit := range c.units {
				u, err := scenario.LoadUnit(root, unit)
				if err != nil {
					t.Fatal(err)
				}
				passes(t, u, argv, nil)
			}
		})
	}
}
