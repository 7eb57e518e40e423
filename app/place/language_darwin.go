package place

import (
	"context"
	"os/exec"
	"strings"
	"time"
)

// Language gives the language that the person chose in the system, as a tag like
// "nl_NL"; "" where it does not say. A program that was not started from a terminal
// finds nothing of it in its environment. defaults(1).
func Language(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	said, err := exec.CommandContext(ctx, "defaults", "read", "-g", "AppleLocale").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(said))
}
