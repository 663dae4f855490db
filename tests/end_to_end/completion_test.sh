#!/usr/bin/env bash
# Completion in the real shells, and the manual pages through what reads them.
# usage: completion_test.sh SOURCE_DIR BIN_DIR
set -euo pipefail
bin=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH=$bin:$PATH HOME=$work LC_ALL=C.UTF-8 TERM=dumb
unset BASH_ENV ENV ZDOTDIR XDG_CONFIG_HOME XDG_DATA_HOME
mkdir -p "$work/repository/policies"
cd "$work/repository"
touch tests.yaml result.json
failed=0
fail() {
  echo "completion_test: $*" >&2
  failed=1
}
have() {
  command -v "$1" >/dev/null && return
  echo "NOT TRIED: there is no $1 here"
  return 1
}
# The lines that are to be completed, and one word that must be offered, one that must not be.
cases() {
  cat <<'CASES'
harness ru|run|--filter
harness |completion|--filter
harness run --filt|--filter|--strict
harness check --str|--strict|--shard
harness run --runtime |builtin|github
harness run --runtime b|both|cli
harness run --report |junit|builtin
harness init --ci g|gitlab|azure
harness -C policies ch|check|list
harness completion |zsh|junit
harness man comp|completion|run
harness help |doctor|junit
harness sentinel |apply|doctor
harness run te|tests.yaml|result.json
harness report |result.json|zsh
CASES
}

# complete_in SHELL: reads a line, prints what is offered, a word a line.
bash_offers() {
  bash --norc --noprofile -c '
    source <(harness completion bash)
    complete -p harness >/dev/null || exit 1
    read -r -a COMP_WORDS <<<"$1"
    [[ $1 != *" " ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1}
    _harness harness "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
    printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}
fish_offers() {
  fish --no-config -c 'harness completion fish | source; complete -C "$argv[1]"' "$1" | cut -f1
}
# zsh completes only where somebody types: a pseudo-terminal, of zsh's own. One for all lines, since
# starting its completion takes seconds; what line N is offered is left in $OFFERED.N.
zsh_types() {
  zsh -f -c '
    zmodload zsh/zpty
    zpty -b typed zsh -f -i
    zpty -w typed "PROMPT=; RPROMPT=; unsetopt beep; LISTMAX=10000; COLUMNS=200; autoload -Uz compinit && compinit -u -D"
    zpty -w typed "source <(harness completion zsh)"
    zpty -w typed "compadd() { builtin compadd -O offered \"\$@\"; print -l -- \$offered >>\$OFFERED; }"
    zpty -w typed "finish() { mv \$OFFERED \$OFFERED.\$((++typed)); : >\$OFFERED; : >\$OFFERED.done.\$typed; zle kill-whole-line; }"
    zpty -w typed "zle -N finish; bindkey \"^X\" finish; bindkey \"^I\" complete-word"
    for line; do
      (( ++n ))
      zpty -w -n typed "$line"$'"'\\t\\x18'"'
      for i in {1..12000}; do [[ -e $OFFERED.done.$n ]] && break; zpty -r -t typed ignored; sleep 0.02; done
    done
    zpty -d typed' zsh "$@" </dev/null >/dev/null 2>&1 || true
}
zsh_offers() { cat "$OFFERED.$number"; }

check() {
  local shell=$1 tried=0 number=0 line wanted unwanted offers lines
  export OFFERED=$work/offered
  : >"$OFFERED"
  if [ "$shell" = zsh ]; then
    mapfile -t lines < <(cases | cut -d'|' -f1)
    zsh_types "${lines[@]}"
  fi
  while IFS='|' read -r line wanted unwanted; do
    number=$((number + 1))
    offers=$("${shell}_offers" "$line" || true)
    grep -qxF -- "$wanted" <<<"$offers" || fail "$shell: \`$line\` does not offer \`$wanted\`, but:" $offers
    ! grep -qxF -- "$unwanted" <<<"$offers" || fail "$shell: \`$line\` offers \`$unwanted\`"
    tried=$((tried + 1))
  done < <(cases)
  echo "$shell: $tried lines"
}

check bash
# As Debian's bash-completion finds it, too: by the program's name, when it is first wanted.
if [ -r /usr/share/bash-completion/bash_completion ]; then
  mkdir -p "$work/share/bash-completion/completions"
  harness completion bash >"$work/share/bash-completion/completions/harness"
  XDG_DATA_DIRS=$work/share bash --norc --noprofile -c '
    source /usr/share/bash-completion/bash_completion
    _completion_loader harness || [ $? = 124 ]
    complete -p harness' | grep -q _harness || fail "bash-completion does not find it"
else
  echo "NOT TRIED: there is no bash-completion here"
fi
if have zsh; then check zsh; fi
if have fish; then check fish; fi

# The manual.
harness man --output "$work/man" || fail "harness man --output"
for command in '' $(harness help | sed -n '/^Commands$/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -v '^sentinel$'); do
  page=$work/man/harness${command:+-$command}.1
  [ -s "$page" ] || fail "there is no manual page of $command"
  cmp -s "$page" <(harness man $command) || fail "harness man $command is another page"
  if command -v mandoc >/dev/null; then
    said=$(mandoc -Tlint "$page" 2>&1) || true
    [ -z "$said" ] || fail "$said"
  fi
  if command -v groff >/dev/null; then
    said=$(groff -ww -man -Tutf8 -P-cbou "$page" 2>&1 >"$work/page.txt") || true
    [ -z "$said" ] || fail "$said"
    grep -q 'EXIT STATUS' "$work/page.txt" || fail "no exit codes in $page"
  fi
done
command -v mandoc >/dev/null || echo "NOT TRIED: there is no mandoc here"
command -v groff >/dev/null || echo "NOT TRIED: there is no groff here"
[ "$failed" = 0 ] || exit 1
echo "completion and manual hold"
