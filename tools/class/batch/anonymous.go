package batch

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"loopback/tools/class/intake"
	"loopback/tools/class/sheet"
)

// KeyFile is where the ids are kept that stand behind the anonymous ones: beside
// the folder, so that the folder can be passed on.
func KeyFile(out string) string { return filepath.Clean(out) + "-key.csv" }

// anonymise gives each submission an id that says nothing, the same whenever
// the same key file is there.
func anonymise(out string, subs []*intake.Submission, absent []string) ([]string, error) {
	rows, err := readKey(KeyFile(out))
	if err != nil {
		return nil, err
	}
	salt := rows[1][1]
	hide := func(id string) string {
		name := fmt.Sprintf("learner-%x", sha256.Sum256([]byte(salt+"\x00"+id)))[:len("learner-")+8]
		if !slices.ContainsFunc(rows, func(row []string) bool { return row[0] == name }) {
			rows = append(rows, []string{name, id})
		}
		return name
	}
	for _, s := range subs {
		s.ID = hide(s.ID)
	}
	hidden := make([]string, 0, len(absent))
	for _, id := range absent {
		hidden = append(hidden, hide(id))
	}
	var table bytes.Buffer
	csv.NewWriter(&table).WriteAll(rows)
	return hidden, sheet.WriteWhole(KeyFile(out), table.Bytes())
}

// readKey returns the rows of a key file: the second has what the anonymous ids
// are made with.
func readKey(file string) ([][]string, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return [][]string{{"anonymous", "id"}, {"salt", rand.Text()}}, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) < 2 || rows[1][0] != "salt" {
		return nil, fmt.Errorf("%s is not a key file of a batch", file)
	}
	return rows, nil
}
