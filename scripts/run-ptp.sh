#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs only the PTP clock, without streams and without a sound card. Prints its state once a second. Ctrl-C ends it.
#
#   scripts/run-ptp.sh master|slave|auto [--interface IF] [--domain N] [--profile NAME] [--seconds S] [--tai]
#     --interface   runs on that network, whose other clocks receive this one. By default, this clock and a second one run in
#                   two network namespaces of their own (needs root), isolated from all networks
#     --domain      0 to 127; the profile's own by default
#     --profile     aes67 (default), r16, st2059-2 or default
#     --seconds     stops by itself after this time
#     --tai         follows this host's CLOCK_TAI instead, with no port at all: `slave --tai`
#
# Build first: scripts/build.sh. The system's clock is not touched.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
case ${1-} in master | slave | auto) mode=$1 ;; *) usage ;; esac
shift
interface='' domain='' profile=aes67 seconds=0 source=ptp
while [ $# -gt 0 ]; do
  case $1 in
    --tai) source=system-tai ;;
    --interface | --domain | --profile | --seconds)
      [ $# -ge 2 ] || usage
      declare "${1#--}=$2"
      shift
      ;;
    *) usage ;;
  esac
  shift
done

daemon=${AES67D:-.build-install/aes67d}
[ -x "$daemon" ] || daemon=$(command -v aes67d) || { echo "aes67d is not built yet: run scripts/build.sh" >&2; exit 1; }
scratch=$(mktemp -d) processes=() spaces=()
end() {
  local each
  trap '' INT TERM # so that a further Ctrl-C does not interrupt the cleanup
  for each in "${processes[@]}"; do kill "$each" 2>/dev/null || :; done
  for each in "${processes[@]}"; do wait "$each" 2>/dev/null || :; done
  for each in "${spaces[@]}"; do ip netns del "$each" || :; done
  rm -rf "$scratch"
}
trap end EXIT
# Ends the loop below: nothing exits from within the trap while further signals arrive.
interrupted=''
trap 'interrupted=1' INT TERM

start() { # role, name, command before it
  local role=$1 name=$2
  shift 2
  mkdir "$scratch/$name"
  cat >"$scratch/$name.yaml" <<YAML
layout: {streams: 0}
network: {interface: $interface}
ptp: {mode: $role, profile: $profile${domain:+, domain: $domain}}
clock: {source: $source}
real-time: {lock-memory: false}
device: {socket-group: "$(id -gn)"}
YAML
  "$@" "$daemon" --config "$scratch/$name.yaml" --runtime-directory "$scratch/$name" >"$scratch/$name.log" 2>&1 &
  processes+=($!)
}

if [ $source = system-tai ]; then
  interface=lo
  start off clock
elif [ -n "$interface" ]; then
  start "$mode" clock
else
  [ "$(id -u)" = 0 ] || { echo "Select a network with --interface; otherwise this makes namespaces, which needs root." >&2; exit 1; }
  for number in 1 2; do
    spaces+=("aes67-ptp-$$-$number")
    ip netns add "${spaces[-1]}"
  done
  ip -n "${spaces[0]}" link add net0 type veth peer name net0 netns "${spaces[1]}"
  for number in 1 2; do
    ip -n "${spaces[number - 1]}" addr add "10.67.0.$number/24" dev net0
    ip -n "${spaces[number - 1]}" link set net0 up
  done
  interface=net0
  case $mode in slave) other=master ;; *) other=slave ;; esac
  start "$other" other ip netns exec "${spaces[1]}"
  start "$mode" clock ip netns exec "${spaces[0]}"
  echo "No --interface: this $mode and a $other are alone in two network namespaces."
fi

status=$scratch/clock/status.json
show() {
  # The status is pretty-printed with sorted keys: "key" : value, one a line, sections indented by two spaces.
  awk -v source=$source '
    /^  "[a-zA-Z]+" : \{/ { section = $1 } /^  \}/ { section = "" }
    { key = $1; gsub(/"/, "", key); value = $0; sub(/^[^:]*: /, "", value); gsub(/[",]/, "", value) }
    section == "\"clock\"" && key == "state" { clock = value }
    (section == "\"ptp\"" || source != "ptp") && key != "state" { of[key] = value }
    section == "\"ptp\"" && key == "state" { port = value }
    END {
      printf "clock %-12s", clock
      if (source == "ptp") printf " port %-12s grandmaster %s", port, of["grandmaster"]
      if ("offsetNanoseconds" in of) printf "  offset %8.0f ns  jitter %6.0f ns", of["offsetNanoseconds"], of["jitterNanoseconds"]
      if ("pathDelayNanoseconds" in of) printf "  delay %7.0f ns", of["pathDelayNanoseconds"]
      printf "  rate %+9.3f ppm", of["ratePartsPerBillion"] / 1000
      if ("timestamps" in of) printf "  (%s stamps)", of["timestamps"]
      print ("problem" in of) ? "  " of["problem"] : ""
    }' "$status"
}
for ((second = 0; seconds == 0 || second < seconds; second++)); do
  sleep 1 || :
  [ -z "$interrupted" ] || exit 0
  kill -0 "${processes[-1]}" 2>/dev/null || { cat "$scratch/clock.log"; exit 1; }
  [ ! -e "$status" ] || show || :
done
