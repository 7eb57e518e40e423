package node

import "testing"

func TestHostIs(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"camp.example": true, "Camp.EXAMPLE": true, "camp.example.": true, "camp.example:443": true, "CAMP.example.:443": true,
		"camp.example:80": false, "camp.example:": false, "camp.example..": false, "a.camp.example": false, "camp.example.evil": false,
		"": false, ".": false, ":443": false, "camp.example:443:443": false,
	} {
		if got := hostIs(value, "camp.example"); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if hostIs("", "") || hostIs(".", "") {
		t.Error("a camp without a name is meant by something")
	}
}
