package certs

import (
	"os"
	"testing"

	"camp/node/camp/camptest"
)

func TestMain(m *testing.M) {
	os.Exit(camptest.Main(
		m,
		camptest.Stays{Func: "github.com/caddyserver/certmagic.NewRateLimiter", Why: "the library keeps one for each authority and account as long as the program runs"},
		camptest.Stays{Func: "github.com/letsencrypt/pebble/v2/va.New", Why: "the test's own authority, which has no end"},
	))
}
