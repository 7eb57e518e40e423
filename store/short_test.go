//go:build !crash

package store

// longTests: tests that try everything try less of it in a quick run.
const longTests = false
