package scenario

import (
	"archive/zip"
	"bytes"
)

// Piped is how messages call what holds hidden scenarios that came through a pipe, and what
// --hidden is then.
const Piped = "-"

// PackHidden packs scenarios into a zip archive that [UnpackHidden] reads.
func PackHidden(hidden []Hidden) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, h := range hidden {
		f, err := w.Create(h.Unit + "/" + h.ID + ".txtar")
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(h.Text); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// UnpackHidden reads the scenarios in a zip archive of a folder such as [ReadHidden] reads.
func UnpackHidden(archive []byte, course []string, graded ...string) (map[string][]Hidden, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	return hiddenIn{r, Piped}.read(course, graded)
}
