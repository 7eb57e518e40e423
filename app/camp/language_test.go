package main

import "testing"

// The environment speaks first; where it is silent the system does.
func TestLanguageOf(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		env    map[string]string
		system string
		want   string
	}{
		{nil, "", "en"},
		{nil, "nl-NL", "nl"},
		{nil, "NL_be", "nl"},
		{nil, "de-DE", "en"},
		{map[string]string{"LANG": "nl_NL.UTF-8"}, "en-GB", "nl"},
		{map[string]string{"LANG": "C.UTF-8"}, "nl-NL", "en"},
		{map[string]string{"LANG": "nl_NL.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "", "en"},
	} {
		got := languageOf(func(name string) string { return row.env[name] }, func() string { return row.system })
		if got != row.want {
			t.Errorf("%v, the system says %q: %q, want %q", row.env, row.system, got, row.want)
		}
	}
}
