#!/bin/sh
# Runs the pipeline and holds its benchmark report against the gates. Ends with the exit code that says what to do:
# 0 all is well; 1 something failed, or a gate did not hold; 2 the configuration is wrong; 3 interrupted, run it again.
# A second start while one runs ends at once with 75 (EX_TEMPFAIL) and touches nothing.
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
exec 9>"$lock"
flock --nonblock 9 || {
  echo "Another nightly run is at work ($lock); this one leaves it alone." >&2
  exit 75
}

gates=''
for condition in "$@"; do
  case $condition in
    *"'"*) echo "The condition $condition holds a quote." >&2 && exit 2 ;;
  esac
  gates="$gates --fail-if '$condition'"
done

code=0
"$promptloom" run --config "$configuration" || code=$?
[ "$code" -eq 0 ] || exit "$code"
eval "exec \"\$promptloom\" report --config \"\$configuration\" $gates"
