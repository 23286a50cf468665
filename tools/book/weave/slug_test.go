package weave

import "testing"

// TestSlugs compares with what mdBook 0.5.2 wrote for these headings, and with
// GitHub's rule, which differs where a number is no digit and where a slug
// that was made by counting comes up again.
func TestSlugs(t *testing.T) {
	tests := []struct{ heading, gitHub, mdBook string }{
		{"A: x.Y — and more  two", "a-xy--and-more--two", "a-xy--and-more--two"},
		{"Straße & Ünder_score Ä", "straße--ünder_score-ä", "straße--ünder_score-ä"},
		{"go -race, it's 1.5 \"ok\" ♥", "go--race-its-15-ok-", "go--race-its-15-ok-"},
		{"C++ / a<b> x", "c--ab-x", "c--ab-x"},
		{"Émile ÀB trailing ?", "émile-àb-trailing-", "émile-àb-trailing-"},
		{"日本 語", "日本-語", "日本-語"},
		{"One ½", "one-", "one-½"},
	}
	for _, tt := range tests {
		if got := gitHubSlug(tt.heading); got != tt.gitHub {
			t.Errorf("gitHubSlug(%q) = %q, want %q", tt.heading, got, tt.gitHub)
		}
		if got := mdBookSlug(tt.heading); got != tt.mdBook {
			t.Errorf("mdBookSlug(%q) = %q, want %q", tt.heading, got, tt.mdBook)
		}
	}
	p := readPage("p.md", []byte("## dup\n\n## dup\n\n## dup-1\n"))
	if got := p.mdBookSlugs(); !got["dup"] || !got["dup-1"] || !got["dup-1-1"] || len(got) != 3 {
		t.Errorf("mdBook: %v", got)
	}
	if got := p.gitHubSlugs(); !got["dup"] || !got["dup-1"] || len(got) != 2 {
		t.Errorf("GitHub: %v", got)
	}
}
