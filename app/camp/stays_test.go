package main_test

import "camp/node/camp/camptest"

// authority is the certificate authority of the lab's tests.
var authority = camptest.Stays{Func: "github.com/letsencrypt/pebble/v2/va.New", Why: "the test's own authority, which has no end"}
