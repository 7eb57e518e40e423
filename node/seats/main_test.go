package seats

import (
	"os"
	"testing"

	"camp/node/camp/camptest"
)

func TestMain(m *testing.M) { os.Exit(camptest.Main(m)) }
