# shellcheck shell=bash
# Sourced by scripts/test and .ci/run: named checks that all run, so that one run shows all
# that is wrong, and their count.
passed=0
failed=0
skipped=0

# A step that ends so could not be done here; it said why.
skip=77

# spent is how many seconds of a processor what this shell started has taken so far.
spent() {
  [ ! -r "/proc/$$/stat" ] || awk -v hertz="$(getconf CLK_TCK)" '{printf "%d", ($16 + $17) / hertz}' "/proc/$$/stat"
}

# step NAME COMMAND…: runs a command in a shell of its own that stops at the first error, says
# how long it took, also of a processor, and counts it.
step() {
  local name=$1 start=$SECONDS before status took
  before=$(spent)
  shift
  echo "--- $name"
  set +e # inside a condition, bash would not let the command stop at its first error
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  took="$((SECONDS - start)) s"
  [ -z "$before" ] || took+=", $(($(spent) - before)) s of a processor"
  case $status in
    0)
      passed=$((passed + 1))
      echo "ok: $name ($took)"
      ;;
    "$skip")
      skipped=$((skipped + 1))
      echo "SKIPPED: $name ($took)"
      ;;
    *)
      failed=$((failed + 1))
      echo "FAILED: $name ($took, exit $status)"
      ;;
  esac
}

# scratch_in_memory lets temporary files live in memory where there is plenty: the tests make
# and drop some hundred databases of some hundred files each, which costs a disk's file system
# more than all that is done in them. The folder is $memory; whoever sources this removes it.
# Tests also let more garbage lie there, and compilers collect none below a GiB: a quarter of their
# time went into it.
memory=
scratch_in_memory() {
  local needed=$((8 * 1024 * 1024)) # KiB
  [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ] || return 0
  [ "$(df --output=avail -k /dev/shm | tail -n 1)" -ge "$needed" ] || return 0
  [ "$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)" -ge "$needed" ] || return 0
  memory=$(mktemp -d /dev/shm/cs-XXXXXX)
  chmod 1777 "$memory" # databases run as another user when this runs as root
  export GOGC="${GOGC:-400}"
  export GOFLAGS="${GOFLAGS:+$GOFLAGS }'-toolexec=env GOGC=off GOMEMLIMIT=1GiB'"
  cp "$(type -P true)" "$memory/true"
  if "$memory/true" 2>/dev/null; then
    export TMPDIR=$memory
  else # no programs may run there
    rm -rf "$memory"
    memory=
  fi
}
