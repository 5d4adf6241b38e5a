//go:build race

package sandbox_test

// raced tells that these tests, and the workers that they start, run under the race detector.
const raced = true
