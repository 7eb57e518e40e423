package assets

import (
	"fmt"
	"strings"
)

// RuleSample gives the rules that a new camp starts with, one text each, in the
// language, or in the first of Languages where it has none.
func RuleSample(language string) ([]string, error) {
	raw, err := FS.ReadFile("rules/kind-and-small." + language + ".txt")
	if err != nil {
		raw, err = FS.ReadFile("rules/kind-and-small." + Languages[0] + ".txt")
	}
	if err != nil {
		return nil, fmt.Errorf("read rule sample: %w", err)
	}
	var texts []string
	for _, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	return texts, nil
}
