#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs all tests: the gates of check.sh, the unit tests, the same under the thread and address sanitizers, and the tests
# with real peers in network namespaces (these need root). Installs nothing; scripts/dependencies.sh --test does that.
#
#   scripts/test.sh [--quick] [--long]
#     --quick   only gates and unit tests
#     --long    also the tests that take more than a minute
#
# The last line is "N passed, N failed, N skipped"; a test that could not run here is skipped, never passed. An end-to-end test
# that failed while the machine stalled is repeated, which the line of its stage counts and its output explains. One that never
# had a run without such a stall counts as failed.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift || exit 1

quick=no long=()
for option in "$@"; do
  case $option in
    --quick) quick=yes ;;
    --long) long=(--long) ;;
    *) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2 ;;
  esac
done

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0 summary=()

count() { # name passed failed skipped seconds
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
  summary+=("$(printf '%-34s %5d passed %4d failed %4d skipped  %5d s' "$@")")
}

# Counts the test cases in JUnit files, and the repeated runs; a failed command without a counted failure counts as one.
count_reports() { # name status seconds file...
  local name=$1 status=$2 seconds=$3 numbers repeated
  shift 3
  read -r -a numbers < <(python3 - "$@" <<'PYTHON'
import os, sys, xml.etree.ElementTree as tree
passed = failed = skipped = repeated = 0
for file in filter(os.path.exists, sys.argv[1:]):
    try:
        report = tree.parse(file)
    except tree.ParseError:
        # If a process crashed during a test, its report is incomplete.
        failed += 1
        continue
    repeated += sum(int(each.get("value")) for each in report.iter("property") if each.get("name") == "repeated")
    for case in report.iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}: failed += 1
        elif "skipped" in kinds: skipped += 1
        else: passed += 1
print(passed, failed, skipped, repeated)
PYTHON
)
  [ "$status" = 0 ] || [ "${numbers[1]}" != 0 ] || numbers[1]=1
  if [ "$status" = 0 ] && [ "$((numbers[0] + numbers[2]))" = 0 ]; then
    echo "$name: no test ran"
    numbers[1]=1
  fi
  repeated=${numbers[3]} numbers=("${numbers[@]:0:3}")
  count "$name" "${numbers[@]}" "$seconds"
  [ "$repeated" = 0 ] || summary[-1]+=", $repeated repeated because of stalls"
}

stage() { echo; echo "==== $1"; }

run_checks() {
  stage "gates"
  local begin=$SECONDS output
  output=$(scripts/check.sh 2>&1)
  echo "$output"
  set -- $(tail -n 1 <<<"$output" | tr -dc '0-9 ')
  if [ $# = 3 ]; then
    count gates "$1" "$2" "$3" $((SECONDS - begin))
  else
    count gates 0 1 0 $((SECONDS - begin))
  fi
}

# SwiftPM writes one report for XCTest and one, with a longer name, for Swift Testing.
run_swift_tests() { # name, then options of `swift test`
  local name=$1 begin=$SECONDS
  shift
  stage "$name"
  swift test --xunit-output "$reports/$name.xml" "$@" 2>&1 | grep -v -e 'ld.gold: warning' -e '^\[[0-9]*/[0-9]*\]' |
    grep -v -E '^(◇|✔) (Test|Suite) .*(started|passed)'
  count_reports "$name" "${PIPESTATUS[0]}" $((SECONDS - begin)) "$reports/$name.xml" "$reports/$name-swift-testing.xml"
}

run_end_to_end() {
  local begin=$SECONDS
  stage "end to end"
  if [ "$(id -u)" != 0 ]; then
    echo "SKIPPED: the end-to-end tests make network namespaces and need root"
    count "end to end" 0 0 1 0
    return
  fi
  if ! scripts/build.sh .build-install; then
    count "end to end" 0 1 0 $((SECONDS - begin))
    return
  fi
  # This gate needs the release build.
  scripts/check.sh sizes
  count "release build, sizes" $(($? == 0)) $(($? != 0)) 0 $((SECONDS - begin))
  begin=$SECONDS
  # Tests that neither compare audio nor measure time mostly wait, so four run at once. The others run one at a time.
  pytest_stage "end to end, calm" "$begin" "calm and not long" -n 4 --dist loadfile
  pytest_stage "end to end" $SECONDS "not calm or long"
}

pytest_stage() { # name, when it began, marks, then options of pytest
  local name=$1 begin=$2 marks=$3 report
  shift 3
  report=$reports/${name// /-}.xml
  AES67_INSTALL=$PWD/.build-install PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest Tests/EndToEnd \
    -c Tests/EndToEnd/pytest.ini -m "$marks" --junitxml "$report" --durations 10 "$@" "${long[@]}"
  count_reports "$name" $? $((SECONDS - begin)) "$report"
}

run_checks
run_swift_tests unit
if [ $quick = no ]; then
  # Leaks reported there are those of the test runner.
  export AES67_CORE=1 AES67_FUZZ_ROUNDS=5000 ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1
  # Optimised, because under a sanitizer the simulations then take a thirtieth of the time, and the build takes no longer.
  optimised=(-c release -Xswiftc -enable-testing)
  run_swift_tests thread-sanitizer "${optimised[@]}" --sanitize=thread --scratch-path .build-tsan
  run_swift_tests address-sanitizer "${optimised[@]}" --sanitize=address --scratch-path .build-asan
  unset AES67_CORE AES67_FUZZ_ROUNDS ASAN_OPTIONS TSAN_OPTIONS
  run_end_to_end
fi

echo
printf '%s\n' "${summary[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
