#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Feeds a parser with inputs that libFuzzer generates, guided by code coverage, under the address sanitizer.
#
#   scripts/fuzz.sh TARGET [SECONDS]    60 by default; "all" takes every target in turn
#
# The targets are the files of Tests/Fuzz. Interesting inputs are kept in .build-fuzz/corpus/TARGET, from which the next run
# starts. An input that causes a failure is kept as .build-fuzz/TARGET-*, and its name is printed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift

targets() { for file in Tests/Fuzz/*.swift; do basename "$file" .swift; done; }
[ $# -ge 1 ] || { sed -n '3,10s/^# \{0,1\}//p' "$0"; echo "Targets: $(targets | xargs)"; exit 2; }
seconds=${2:-60}
place=.build-fuzz
# lld, because gold warns of every symbol of the address sanitizer.
options=(-use-ld=lld -O -g -wmo -parse-as-library -swift-version 6 -package-name aes67_vsc -sanitize=fuzzer,address -I "$place"
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility)

# Builds the pure modules in the order of their dependencies, if one of their sources, or of the modules that all use, is newer than the
# object.
build_modules() {
  local module
  for module in Addressing MediaClock Notation SeededRandom RTP RTCP PTP Session; do
    [ ! -e "$place/$module.o" ] ||
      [ -n "$(find Sources/{Addressing,MediaClock,Notation,SeededRandom,"$module"} -newer "$place/$module.o" -name '*.swift')" ] || continue
    echo "Building $module"
    swiftc "${options[@]}" -module-name "$module" -emit-module -emit-module-path "$place/$module.swiftmodule" \
      -c -o "$place/$module.o" $(find "Sources/$module" -name '*.swift' | sort)
  done
}

run() { # target
  local corpus="$place/corpus/$1" objects=() module
  mkdir -p "$corpus"
  for module in $(sed -n 's/^\(@_spi(Fuzzing) \)\{0,1\}import //p' "Tests/Fuzz/$1.swift") MediaClock Addressing Notation SeededRandom; do
    [[ " ${objects[*]-} " == *" $place/$module.o "* ]] || objects+=("$place/$module.o")
  done
  swiftc "${options[@]}" -module-name Fuzz "Tests/Fuzz/$1.swift" "${objects[@]}" -o "$place/$1"
  echo "Fuzzing $1 for $seconds s"
  # The symbolizer hangs on Swift names.
  ASAN_OPTIONS=symbolize=0:detect_leaks=0 "$place/$1" -max_total_time="$seconds" -max_len=2048 -timeout=10 -rss_limit_mb=1024 \
    -artifact_prefix="$place/$1-" -print_final_stats=1 "$corpus" >"$place/$1.log" 2>&1 ||
    { tail -n 30 "$place/$1.log"; echo "$1: an input causes a failure; see above"; return 1; }
  grep -E 'stat::number_of_executed_units|^Done' "$place/$1.log"
}

mkdir -p "$place"
build_modules
chosen=("$1")
[ "$1" != all ] || mapfile -t chosen < <(targets)
for target in "${chosen[@]}"; do
  [ -e "Tests/Fuzz/$target.swift" ] || { echo "No target $target; there are: $(targets | xargs)" >&2; exit 2; }
  run "$target"
done
