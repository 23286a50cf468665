package intake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"go.yaml.in/yaml/v3"
)

// metadata is the file of an export of Gradescope that says which folder is
// whose. Its keys begin with a colon.
const metadata = "submission_metadata.yml"

type exported struct {
	Submitters []struct {
		Name  string `yaml:":name"`
		SID   string `yaml:":sid"`
		Email string `yaml:":email"`
	} `yaml:":submitters"`
	Created any `yaml:":created_at"` // written as a time or as text
}

// handedIn is when a submission came; zero where that cannot be read.
func (e exported) handedIn() time.Time {
	if then, ok := e.Created.(time.Time); ok {
		return then
	}
	text := fmt.Sprint(e.Created)
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05.999999999 Z", "2006-01-02 15:04:05 -0700"} {
		if then, err := time.Parse(form, text); err == nil {
			return then
		}
	}
	return time.Time{}
}

// A handin is what an export says of one folder.
type handin struct {
	people [][]string // of each submitter: number, address, name
	then   time.Time
}

// readMetadata returns what an export says of each of its folders. Without such a
// file it is empty.
func readMetadata(file string) (map[string]handin, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all map[string]exported
	if err := yaml.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	known := map[string]handin{}
	for folder, e := range all {
		h := handin{then: e.handedIn()}
		for _, s := range e.Submitters {
			h.people = append(h.people, []string{s.SID, s.Email, s.Name})
		}
		known[folder] = h
	}
	return known, nil
}
