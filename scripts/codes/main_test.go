package main

import (
	"strings"
	"testing"
)

const header = "function: Colour\nlist: colours\nagency: we\nversion: 1\npublished: here\nrules: R-1\n\n"

func TestListWithoutItsSourceOrOutOfOrderIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no header":       "BLUE\nRED\n",
		"no date":         strings.Replace(header, "version: 1\n", "", 1) + "BLUE\nRED\n",
		"unknown heading": "colour: red\n" + header + "BLUE\n",
		"heading twice":   "agency: they\n" + header + "BLUE\n",
		"out of order":    header + "RED\nBLUE\n",
		"code twice":      header + "BLUE\nBLUE\n",
		"two codes":       header + "BLUE RED\n",
		"no code":         header,
	} {
		if _, err := parse(text); err == nil {
			t.Errorf("%s: the list was taken", name)
		}
	}
}

func TestRenderWritesAFunctionThatNamesTheSource(t *testing.T) {
	l, err := parse(header + "BLUE\nRED\n")
	if err != nil {
		t.Fatal(err)
	}
	source, err := render([]list{l})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DO NOT EDIT", "func Colour(code string) bool", `case "BLUE", "RED":`, "R-1"} {
		if !strings.Contains(string(source), want) {
			t.Errorf("the source does not say %q:\n%s", want, source)
		}
	}
}
