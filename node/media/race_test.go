//go:build race

package media

// raced says that the race detector is on, under which millions of pixels take minutes.
const raced = true
