#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Prints the completion script of aes67 or aes67d for a shell; that of aes67 also for its other names, aes67-VERB.
#
#   scripts/completions.sh PROGRAM bash|zsh|fish    PROGRAM as scripts/build.sh made it
#   scripts/completions.sh VERB fish                for aes67-VERB, of which fish looks for a file of that name
#   scripts/completions.sh verbs zsh                for all of them
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/installed-files.sh

program=$1 shell=$2 name=${1##*/}

# The arguments of aes67-VERB are those of aes67 after the verb.
case $program,$shell in
  */*) ;;
  verbs,zsh)
    cat <<ZSH
#compdef ${verbs[*]/#/aes67-}

# aes67-VERB WORDS is completed as aes67 VERB WORDS.
words=(aes67 "\${words[1]##*aes67-}" "\${(@)words[2,-1]}")
(( CURRENT++ ))
_aes67
ZSH
    exit
    ;;
  *,fish)
    echo "complete -c aes67-$program -w 'aes67 $program'"
    exit
    ;;
  *) sed -n '4,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac

# The shells source the script, so a first line with an interpreter is removed.
"$program" --generate-completion-script "$shell" | sed '1{/^#!/d}'
[ "$name" = aes67 ] || exit 0
case $shell in
  bash)
    cat <<'BASH'

# aes67-VERB WORDS is completed as aes67 VERB WORDS.
_aes67_other_name() {
    local verb="${COMP_WORDS[0]##*aes67-}"
    local COMP_LINE="aes67 ${verb}${COMP_LINE#"${COMP_WORDS[0]}"}"
    local -i COMP_POINT="$((COMP_POINT + 6 + ${#verb} - ${#COMP_WORDS[0]}))" COMP_CWORD="$((COMP_CWORD + 1))"
    local -a COMP_WORDS=(aes67 "${verb}" "${COMP_WORDS[@]:1}")
    _aes67 aes67 "${2}" "${3/#*aes67-/}"
}
BASH
    echo "complete -o filenames -F _aes67_other_name ${verbs[*]/#/aes67-}"
    ;;
esac
