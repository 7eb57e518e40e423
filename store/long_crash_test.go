//go:build crash

package store

const longTests = true
