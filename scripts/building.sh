# shellcheck shell=bash
# Sourced by the scripts that compile: one way for all of them, so that nothing is compiled twice.
# Programs need no C library, and nothing in them tells the folder that they were built in. What a
# debugger would read of them was a sixth of all compiling; a stack is told with its lines without it.
export CGO_ENABLED=0 # the race detector alone wants it otherwise
export GOFLAGS="${GOFLAGS:+$GOFLAGS }-trimpath -buildvcs=false -gcflags=all=-dwarf=false"
