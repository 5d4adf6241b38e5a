//go:build !race

package trade_test

const raced = false
