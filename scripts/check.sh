#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs every gate that needs no running daemon, for contributors before a commit, and for CI.
#
#   scripts/check.sh [GATE...]     all gates by default; they are the functions gate_* below
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/swift.sh
find_swift || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The modules of the media threads, which allocate no memory.
real_time=(MediaClock RTP RealTime StreamEngine)
# All modules below LinuxIO, which do not use the operating system.
pure=("${real_time[@]}" Addressing ControlAPI Notation PTP RTCP SeededRandom Session)
sources() { git ls-files --cached --others --exclude-standard -- "$@"; }

gate_format() {
  swift format lint --strict --parallel $(sources '*.swift')
}

gate_build() { # warnings are errors in Package.swift
  swift build --build-tests --explicit-target-dependency-import-check error
}

gate_layers() {
  local found
  found=$(for module in "${pure[@]}"; do
    grep -rnE '^ *(@[A-Za-z_()]+ +)*((public|package|internal|private|fileprivate) +)?import +(struct +|func +)?(Glibc|Musl|Foundation|FoundationEssentials|Dispatch|Logging|CLinux|LinuxIO|DaemonConfiguration|EventLog|Device|Media|Clocking|Discovery|Control|Daemon)\b' \
      "Sources/$module"
  done)
  [ -z "$found" ] || { echo "$found"; echo "these modules may not import the operating system"; return 1; }
}

# Compiles the real-time modules in Embedded mode, in which any type or call that could allocate is an error.
compile_embedded() { # directory, further options of swiftc
  local map=$1 module options
  shift
  mkdir -p "$map"
  printf 'module CSharedMemory { header "%s" export * }\n' "$PWD/Sources/CSharedMemory/include/aes67_shm.h" >"$map/module.modulemap"
  printf 'module CSampleRate { header "%s" export * }\n' "$PWD/Sources/CSampleRate/shim.h" >>"$map/module.modulemap"
  options=(-enable-experimental-feature Embedded -no-allocations -wmo -O -parse-as-library -swift-version 6
    -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
    -enable-upcoming-feature MemberImportVisibility -package-name aes67_vsc -I "$map" -Xcc -D_GNU_SOURCE "$@")
  for module in "${real_time[@]}"; do
    swiftc "${options[@]}" -module-name "$module" -emit-module -emit-module-path "$map/$module.swiftmodule" \
      -c -o "$map/$module.o" $(find "Sources/$module" -name '*.swift' | sort) || { echo "$module can allocate"; return 1; }
  done
}

gate_embedded() { compile_embedded "$scratch/embedded"; }

# The same code for 64-bit ARM: all C sources by Debian's cross compiler, and the real-time modules in Embedded mode. Atomics must be
# processor instructions, not calls of a library that may lock.
gate_arm64() {
  local compiler=aarch64-linux-gnu-gcc out="$scratch/arm64" file found
  command -v $compiler >/dev/null || { echo "scripts/dependencies.sh --test installs gcc-aarch64-linux-gnu"; return 77; }
  mkdir -p "$out"
  for file in $(sources 'Sources/*.c' 'Tests/Support/LoopTest/*.c'); do
    # Embedded files, which only Clang supports, are the same for each processor.
    ! grep -q '^#embed' "$file" || continue
    # GCC warns of a comparison of two enumerations that Clang accepts.
    $compiler -std=gnu11 -D_GNU_SOURCE -DPIC -fPIC -O2 -Wall -Wextra -Werror -Wno-enum-compare \
      $(printf -- '-I%s ' Sources/*/include) -c -o "$out/${file//\//-}.o" "$file" || return 1
  done
  compile_embedded "$out" -target aarch64-none-none-elf -Xcc -idirafter/usr/aarch64-linux-gnu/include -Xcc -idirafter/usr/include || return 1
  found=$(aarch64-linux-gnu-nm -A --undefined-only "$out"/*.o | grep -E ' (__atomic|__sync|_swift_stdlib_atomic)_')
  [ -z "$found" ] || { echo "$found"; return 1; }
}

# The optimised objects of the real-time modules may not call the runtime's allocator, reference counting or locks. Witnesses and metadata
# accessors do so for values in existentials, which no real-time code uses.
gate_symbols() {
  local forbidden='swift_(retain|release|allocObject|beginAccess|once|getGenericMetadata)$|^__swift_instantiate|^malloc$|^pthread_mutex'
  # Functions that run for each packet: for a large argument that is not changed, the compiler may make a copy.
  local per_packet='TransmitB0V(7advance|10nextPacket|10nextSender|12findEarliest)|8ReceiverV7receive'
  local module objects found
  AES67_CORE=1 swift build -q -c release --scratch-path .build-core || return 1
  for module in "${real_time[@]}"; do
    objects=$(find -L ".build-core/release/$module.build" -name '*.o')
    [ -n "$objects" ] || { echo "no object of $module"; return 1; }
    found=$(objdump -dr $objects | awk -v forbidden="$forbidden" -v per_packet="$per_packet" '
      /^[0-9a-f]+ <.*>:$/ { caller = substr($2, 2, length($2) - 3); returned = 0 }
      # Some witnesses have no name. They begin after padding, and retain a boxed value.
      /\tret/ { returned = 1 }
      returned && /\tpush +%rbp/ { caller = "an unnamed function after " caller; returned = 0 }
      /lea +0x10\(%rax\),%rbx/ && caller ~ /^an unnamed function/ { caller = "wCP" }
      / R_X86_64_| R_AARCH64_/ {
        sub(/[-+]0x[0-9a-f]+$/, "", $3)
        if (caller ~ per_packet && $3 ~ /^mem(cpy|move)$/) print $3, "in", caller
        if ($3 ~ forbidden && caller !~ /(w[a-zA-Z][a-zA-Z]|[MW][a-zA-Z])$|^__swift_/) print $3, "in", caller
      }' | sort -u)
    [ -z "$found" ] || { echo "$module calls:"; swift demangle <<<"$found"; return 1; }
  done
}

# Compares the engines' instructions a packet with their golden table.
gate_instructions() {
  python3 -B Tests/Support/Bench/instructions.py
}

# The plug-ins are loaded into every audio program, so they may export no other name and need no library except ALSA's.
gate_plugin() {
  local file found
  scripts/build-plugin.sh "$scratch/plugin" || return 1
  for file in "$scratch"/plugin/*.so; do
    found=$(nm -D --defined-only "$file" | awk '{ print $3 }' | grep -vE '^_+snd_(pcm|ctl)_aes67_open(_dlsym_(pcm|control)_001)?$')
    [ -z "$found" ] || { echo "$file exports $found"; return 1; }
    found=$(ldd "$file" | awk '{ print $1 }' | grep -vE 'linux-vdso|ld-linux|libc\.so|libm\.so|libasound\.so')
    [ -z "$found" ] || { echo "$file needs $found"; return 1; }
  done
}

gate_files() {
  local file lines wrong=0
  for file in $(sources '*.swift' '*.c' '*.h' '*.py' '*.sh' .ci/run); do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$file: no SPDX line"; wrong=1; }
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || { echo "$file: $lines lines, 400 at most"; wrong=1; }
  done
  # A function ends at the first brace with the indentation of its first line.
  awk -v most=70 '
    FNR == 1 { start = 0 }
    !start && match($0, /^ *([a-z@_()A-Z]+ )*(func|init|subscript|deinit)[ ?!<(]/) && $0 !~ /}$/ {
      indent = match($0, /[^ ]/) - 1; start = FNR; name = $0
    }
    start && FNR > start && $0 ~ /}/ && match($0, /[^ ]/) - 1 == indent && substr($0, indent + 1, 1) == "}" {
      if (FNR - start + 1 > most) { printf "%s:%d: a function of %d lines, %d at most\n", FILENAME, start, FNR - start + 1, most; wrong = 1 }
      start = 0
    }
    END { exit wrong }' $(sources '*.swift') || wrong=1
  return $wrong
}

# Table rows without a header are not rendered as a table, usually because of a paragraph within it. Each word is explained once. The newest
# release in the changelog is the version of the sources. Links have targets, pictures are up to date, pages render.
gate_documents() {
  local version
  version=$(sed -n 's/^public let aes67Version = "\(.*\)"$/\1/p' Sources/ControlAPI/Version.swift)
  [[ $(grep -m 1 '^## ' CHANGELOG.md) =~ ^"## $version"(,|$) ]] || { echo "CHANGELOG.md does not begin with version $version"; return 1; }
  awk '
    function headless() { print file ":" begin ": rows of a table without a header"; wrong = 1 }
    FNR == 1 || !/^\|/ { if (row == 1) headless(); row = 0 }
    !/^\|/ { next }
    row++ == 0 { file = FILENAME; begin = FNR }
    row == 2 && !/^\|([ :-]*-[ :-]*\|)+ *$/ { headless() }
    FILENAME ~ /Glossary\.md$/ && row > 2 {
      split($0, cell, "|")
      if (seen[cell[2]]++) { print FILENAME ":" FNR ":" cell[2] "is explained twice"; wrong = 1 }
    }
    END { if (row == 1) headless(); exit wrong }' $(sources '*.md') || return 1
  python3 scripts/links.py $(sources '*.md') && python3 scripts/pictures.py --check && scripts/documentation.sh "$scratch/documentation"
}

gate_configurations() {
  local file daemon
  swift build -q --product aes67d || return 1
  daemon=$(swift build --show-bin-path)/aes67d
  for file in $(sources 'configs/*.yaml' 'configs/*.yml'); do
    "$daemon" --check --config "$file" || { echo "$file is not accepted"; return 1; }
  done
}

gate_units() {
  command -v systemd-analyze >/dev/null || return 77
  local unit analyze=(systemd-analyze --man=no)
  mkdir -p "$scratch/units"
  # The program of each unit is replaced by one that exists.
  for unit in systemd/*.service; do sed -E 's#^(ExecStart=)[^ ]+#\1/bin/true#' "$unit" >"$scratch/units/$(basename "$unit")"; done
  scripts/instance-unit.sh | sed -E 's#^(ExecStart=)[^ ]+#\1/bin/true#' >"$scratch/units/aes67d@.service"
  # Only program, directories and name differ in the unit of an instance.
  [ "$(scripts/instance-unit.sh | grep -cE '%[iI]')" = 4 ] || { echo "instance-unit.sh changes other lines than it should"; return 1; }
  (cd "$scratch/units" && "${analyze[@]}" verify --recursive-errors=yes ./aes67d.service ./aes67d@eth1.service) || return 1
  install -D systemd/hardware-clocks.conf "$scratch/units/aes67d.service.d/hardware-clocks.conf"
  install -D systemd/hardware-clocks.conf "$scratch/units/aes67d@.service.d/hardware-clocks.conf"
  (cd "$scratch/units" && "${analyze[@]}" verify --recursive-errors=yes ./aes67d.service ./aes67d@eth1.service) || return 1
  # In tenths: the exposure of a service that needs the network, real-time threads, its clients' users and the state of the kernel's clock.
  systemd-analyze security --offline=true --threshold=20 systemd/aes67d.service
}

# Every event has an entry in the catalog (a unit test compares them). This gate checks that systemd can read the file.
gate_catalog() {
  command -v journalctl >/dev/null || return 77
  mkdir -p "$scratch/root/usr/lib/systemd/catalog" "$scratch/root/var/lib/systemd/catalog"
  cp systemd/aes67.catalog "$scratch/root/usr/lib/systemd/catalog/"
  journalctl --root="$scratch/root" --update-catalog || return 1
  local written read
  written=$(grep -c '^-- ' systemd/aes67.catalog)
  read=$(journalctl --root="$scratch/root" --list-catalog | wc -l)
  [ "$written" = "$read" ] || { echo "systemd reads $read of $written entries"; return 1; }
}

gate_scripts() {
  local file
  for file in $(sources 'scripts/*.sh' .ci/run); do bash -n "$file" || return 1; done
  for file in $(sources '*.py'); do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" || return 1
  done
}

# No two targets depend on each other, and Architecture.md has all dependencies, written by python3 scripts/target-graph.py.
gate_graph() {
  python3 scripts/target-graph.py --check
}

# The generated files must match the declarations: configuration file, manual page, description of the control API.
gate_reference() {
  scripts/reference.sh --check
}

# Compares sizes, memory and start time of a release build with their limits.
gate_sizes() {
  scripts/sizes.sh --strict
}

gates=("$@")
[ ${#gates[@]} -gt 0 ] || gates=(files scripts documents format layers graph embedded arm64 build reference symbols instructions plugin configurations units catalog sizes)
passed=0 failed=0 skipped=0
for gate in "${gates[@]}"; do
  "gate_$gate" >"$scratch/output" 2>&1
  case $? in
    0) passed=$((passed + 1)); echo "ok      $gate"; sed -n 's/^note: /        /p' "$scratch/output" ;;
    77) skipped=$((skipped + 1)); echo "skipped $gate: $(tail -n 1 "$scratch/output" | grep . || echo "a tool is missing here")" ;;
    *) failed=$((failed + 1)); echo "FAILED  $gate"; tail -n 40 "$scratch/output" | sed 's/^/        /' ;;
  esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
