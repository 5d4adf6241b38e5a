//go:build race

package acceptance

// raced tells that these tests run under the race detector; so does the program then.
const raced = true
