//go:build race

package trade_test

// raced tells that the race detector slows every signature down several times.
const raced = true
