# shellcheck shell=bash
# Sourced by scripts/test and .ci/run: named checks that all run, so that one run shows all
# that is wrong, and their count.
passed=0
failed=0

# step NAME COMMAND…: runs a command in a shell of its own that stops at the first error, says
# how long it took, and counts it.
step() {
  local name=$1 start=$SECONDS status
  shift
  echo "--- $name"
  set +e # inside a condition, bash would not let the command stop at its first error
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok: $name ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED: $name ($((SECONDS - start)) s, exit $status)"
  fi
}
