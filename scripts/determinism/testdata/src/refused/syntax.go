package refused

import (
	"maps"
	"slices"
)

func goroutine(f func()) {
	go f() // want "goroutine"
}

func channels(c chan int) int { // want "channel"
	c <- 1   // want "channel"
	select { // want "select"
	case v := <-c: // want "channel"
		return v
	default:
	}
	for v := range c { // want "channel"
		return v
	}
	return 0
}

func mapOrder(m map[string]int) (first string) {
	for k := range m { // want "range over a map"
		return k
	}
	for k := range maps.Keys(m) { // want "maps.Keys differs"
		return k
	}
	for v := range maps.Values(m) { // want "maps.Values differs"
		_ = v
	}
	for k := range maps.All(m) { // want "maps.All differs"
		return k
	}
	maps.DeleteFunc(m, func(string, int) bool { return true }) // want "maps.DeleteFunc differs"
	return slices.Collect(maps.Keys(m))[0]                     // want "maps.Keys differs"
}

func sortedInsideOut(m map[string]int) []string {
	keys := maps.Keys[map[string]int] // want "maps.Keys differs"
	return slices.Sorted(keys(m))
}

type price float64 // want "floating point"

func floats(n int64) int64 {
	rate := 0.0435                  // want "floating point"
	a, _ := half()                  // want "floating point"
	_ = a                           // want "floating point"
	return int64(float64(n) * rate) // want "floating point" "floating point"
}

func half() (price, complex128) { // want "floating point" "floating point"
	return 1, 2 // want "floating point" "floating point"
}
