#!/bin/sh
# A deployment as harmless as it can be: the "target" is a folder below ${TMPDIR:-/tmp}, the
# "service" a file that names the version. Replace the bodies of the functions, keep their contract.
#
#   deploy.sh install ENV VERSION    brings VERSION out and remembers the one before
#   deploy.sh running ENV            prints the version that runs
#   deploy.sh rollback ENV           brings the remembered version back
set -eu

fail() {
  echo "deploy.sh: $1" >&2
  exit 1
}

install_version() {
  mkdir -p "$target"
  if [ -f "$target/version" ]; then cp "$target/version" "$target/previous"; fi
  echo "would now copy $2 to $1 and restart the service"
  # Written beside and renamed, so that nobody ever sees half a version.
  printf '%s\n' "$2" > "$target/version.new"
  mv "$target/version.new" "$target/version"
}

running_version() {
  [ -f "$target/version" ] || fail "nothing was ever deployed to $1"
  cat "$target/version"
}

roll_back() {
  [ -f "$target/previous" ] || fail "there is no version before this one on $1"
  cp "$target/previous" "$target/version.new"
  mv "$target/version.new" "$target/version"
  echo "back to $(cat "$target/version") on $1"
}

[ $# -ge 2 ] || fail "usage: deploy.sh install ENV VERSION | running ENV | rollback ENV"
case $2 in
  staging | prod) target=${TMPDIR:-/tmp}/sopwith-sample-deploy/$2 ;;
  *) fail "unknown environment $2" ;;
esac

case $1 in
  install)
    [ $# -eq 3 ] || fail "install needs a version"
    install_version "$2" "$3"
    ;;
  running) running_version "$2" ;;
  rollback) roll_back "$2" ;;
  *) fail "unknown command $1" ;;
esac
