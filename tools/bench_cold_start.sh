#!/bin/bash
# How long a cold conversion takes beside an empty Java program: whole processes, taken in turn, the median of N runs each.
# Usage: tools/bench_cold_start.sh [N]     after mvn -q package -DskipTests
set -eu
runs=${1:-10}
root=$(cd "$(dirname "$0")/.." && pwd)
ferry=$root/cli/target/tensorferry/bin/tensorferry
model=$root/samples/denoiser.traced.pt
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/empty"
echo 'class Empty { public static void main(String[] args) {} }' > "$work/Empty.java"
"${java}c" -d "$work/empty" "$work/Empty.java"

millis() { # of a command
  local begin=$EPOCHREALTIME
  "$@" > "$work/out" 2>&1 || { cat "$work/out" >&2; exit 1; }
  local end=$EPOCHREALTIME
  echo $(((${end/./} - ${begin/./}) / 1000))
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

for _ in $(seq "$runs"); do
  millis "$java" -cp "$work/empty" Empty >> "$work/empty.ms"
  millis "$ferry" convert "$model" -o "$work/saved" --force --input "x:float32[batch,time,257]" >> "$work/convert.ms"
done
empty=$(median "$work/empty.ms")
convert=$(median "$work/convert.ms")
echo "empty Java main: $empty ms, convert of a $(($(wc -c < "$model") / 1000)) kB model: $convert ms (medians of $runs)"
awk -v a="$convert" -v b="$empty" 'BEGIN { printf "ratio: %.1f\n", a / b }'
