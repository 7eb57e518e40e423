//go:build !browser

package main_test

import (
	"os"
	"testing"

	"camp/node/camp/camptest"
)

func TestMain(m *testing.M) { os.Exit(camptest.Main(m, authority)) }
