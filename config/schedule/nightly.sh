#!/bin/sh
# Runs the pipeline and holds its benchmark report against the gates. Ends with the exit code that says what to do:
# 0 all is well; 1 something failed, or a gate did not hold; 2 the configuration is wrong; 3 interrupted, run it again.
# A second start while one runs ends at once with 75 (EX_TEMPFAIL) and touches nothing. Told to stop (SIGTERM), it tells
# the program, which finishes what is in work and ends with 3.
#
#   nightly.sh <configuration.yaml> [condition…]      default conditions: recall@10<0.985 and p95>1.5x
set -eu

configuration=${1:?usage: nightly.sh <configuration.yaml> [condition…]}
shift
[ $# -gt 0 ] || set -- 'recall@10<0.985' 'p95>1.5x'
promptloom=${PROMPTLOOM:-promptloom}
# One lock a configuration: the nights of two workspaces don't wait for each other.
name=$(readlink -f -- "$configuration" 2>/dev/null | cksum | cut -d ' ' -f 1)
lock=${PROMPTLOOM_LOCK:-${TMPDIR:-/tmp}/promptloom-nightly-$(id -u)-$name.lock}

# The program's own lock protects the workspace as well; this one keeps a second start from counting as a failure.
command -v flock >/dev/null || {
  echo "There is no flock here (Debian: util-linux), so nothing would keep two nights apart; install it." >&2
  exit 2
}
exec 9>"$lock"
locked=0
flock -n 9 || locked=$?
[ "$locked" -ne 1 ] || {
  echo "Another nightly run is at work ($lock); this one leaves it alone." >&2
  exit 75
}
[ "$locked" -eq 0 ] || {
  echo "$lock can't be locked (flock ended with $locked); name a file on a local disk in PROMPTLOOM_LOCK." >&2
  exit 2
}

gates=''
for condition in "$@"; do
  case $condition in
    *"'"*) echo "The condition $condition holds a quote." >&2 && exit 2 ;;
  esac
  gates="$gates --fail-if '$condition'"
done

# A shell that waits for a program in the foreground, as process 1 of a container above all, lets SIGTERM pass by.
stopped=''
trap 'stopped=yes; kill -TERM "$program" 2>/dev/null || :' TERM
trap 'stopped=yes' INT
"$promptloom" run --config "$configuration" &
program=$!
while :; do
  code=0
  wait "$program" || code=$?
  # A signal ends the waiting, not the program.
  [ -n "$stopped" ] || break
  stopped=''
done
trap - TERM INT
[ "$code" -eq 0 ] || exit "$code"
eval "exec \"\$promptloom\" report --config \"\$configuration\" $gates"
