package intake

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

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
}

// readMetadata returns, for each folder of an export, what is known of its
// submitters: number, address, name. Without such a file it is empty.
func readMetadata(file string) (map[string][][]string, error) {
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
	known := map[string][][]string{}
	for folder, e := range all {
		for _, s := range e.Submitters {
			known[folder] = append(known[folder], []string{s.SID, s.Email, s.Name})
		}
	}
	return known, nil
}
