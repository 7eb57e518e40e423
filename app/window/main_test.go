package main

import "camp/node/camp/camptest"

// fynes are goroutines of the toolkit that have no end.
var fynes = []camptest.Stays{
	{Func: "fyne.io/fyne/v2/internal/async.NewUnboundedChan[...]", Why: "the driver's queue begins with the program and ends with it"},
}
