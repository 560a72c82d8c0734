#!/bin/sh
# Installs fraisier @VERSION@ on a Linux host with systemd, from this folder. On Debian and Ubuntu, take the Debian package instead.
#
#   ./install.sh [--dry-run] [--prefix FOLDER]    installs, or upgrades what is there; may be run again
#   ./install.sh --uninstall [--dry-run]          removes the program; /etc/fraisier and /var/lib/fraisier stay
#   ./install.sh --purge [--dry-run]              removes these too; the folders of targets (app_path) stay
#
# It prints every action. --dry-run prints them only. The program goes to /opt/fraisier (--prefix), `fraisier` to /usr/local/bin.
set -eu
umask 022
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
version=@VERSION@ platform=@PLATFORM@
task=install dry_run= prefix=/opt/fraisier
units=/etc/systemd/system
share=/usr/local/share

say() { printf '%s\n' "$*"; }
refuse() {
  printf 'fraisier: %s\nhint: %s\n' "$1" "$2" >&2
  exit 3
}
# Prints a command, and runs it unless this is a dry run.
act() {
  say "$*"
  [ -n "$dry_run" ] || "$@"
}
# The same for what may fail.
try() { act "$@" || say "  (failed: $*)"; }

while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=1 ;;
    --uninstall) task=uninstall ;;
    --purge) task=purge ;;
    --prefix) prefix=${2:?--prefix needs a folder} && shift ;;
    --prefix=*) prefix=${1#*=} ;;
    *)
      sed -n 's/^#   //p' "$0" >&2
      exit 2
      ;;
  esac
  shift
done
case $prefix in
  /?*) ;;
  *) refuse "--prefix must be an absolute path, and is $prefix" "leave it out: /opt/fraisier is a good place" ;;
esac
[ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || refuse "only root can install or remove fraisier" "run it with sudo; --dry-run shows what it would do"

has_systemd() { [ -d /run/systemd/system ]; }
version_of() { sed -n 's/^ *"version": "\(.*\)",*/\1/p' "$1/package.json" 2> /dev/null || true; }
is_newer() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]; }

# Copies a file to a path with a mode, unless that has the same content.
put() {
  if cmp -s "$1" "$2"; then return 0; fi
  act install -D -m "$3" "$1" "$2"
}
# Copies a file of the configuration, readable by the service, unless there is one.
put_configuration() {
  if [ -e "$2" ]; then say "$2 is there and stays as it is"; else act install -m 640 -g fraisier "$1" "$2"; fi
}

make_user() {
  if getent passwd fraisier > /dev/null && getent group fraisier-operators > /dev/null; then return 0; fi
  if command -v systemd-sysusers > /dev/null; then
    act systemd-sysusers /etc/sysusers.d/fraisier.conf
    return 0
  fi
  make_user_without_sysusers
  # Their members use the sockets of the API: see fraisier.sysusers.
  for group in fraisier-readers fraisier-operators; do
    getent group $group > /dev/null || act groupadd --system $group
  done
}

make_user_without_sysusers() {
  if getent passwd fraisier > /dev/null; then return 0; fi
  if command -v useradd > /dev/null; then
    getent group fraisier > /dev/null || act groupadd --system fraisier
    # The journal is readable for a group of its own: see fraisier.sysusers.
    groups=$(getent group systemd-journal > /dev/null && echo "--groups systemd-journal" || true)
    # shellcheck disable=SC2086
    act useradd $groups --system --gid fraisier --home-dir /var/lib/fraisier --no-create-home --shell /sbin/nologin --comment "fraisier deployment daemon" fraisier
  else
    refuse "this host has neither systemd-sysusers nor useradd" "create the system user and group fraisier, and run this again"
  fi
}

install_program() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) [ $platform = x64 ] ;;
    Linux-aarch64) [ $platform = arm64 ] ;;
    *) false ;;
  esac || refuse "this is fraisier for linux-$platform, and this host is $(uname -s) on $(uname -m)" "take the tarball for this host"
  if command -v dpkg-query > /dev/null && [ "$(dpkg-query -W -f '${db:Status-Abbrev}' fraisier 2> /dev/null)" = "ii " ]; then
    refuse "fraisier is installed as a Debian package" "upgrade that one, or remove it first with apt remove fraisier"
  fi
  installed=$(version_of "$prefix/current")
  if [ -n "$installed" ] && is_newer "$installed" "$version"; then
    refuse "this host has fraisier $installed, and fraisier $version cannot use what a newer version wrote: nothing was changed" \
      "install fraisier $installed or newer; or save what you need, run install.sh --purge, and install $version anew"
  fi
  for program in git ssh; do
    command -v $program > /dev/null || say "NOTE: there is no $program on this host: fraisier needs it to fetch repositories"
  done

  command -v bwrap > /dev/null || say "NOTE: there is no bubblewrap (bwrap) on this host: commands of repositories run without a sandbox until it is installed"

  put "$here/systemd/fraisier.sysusers" /etc/sysusers.d/fraisier.conf 644
  put "$here/systemd/fraisier.tmpfiles" /etc/tmpfiles.d/fraisier.conf 644
  make_user
  [ -d /var/lib/fraisier ] || act install -d -m 750 -o fraisier -g fraisier /var/lib/fraisier
  [ -d /etc/fraisier ] || act install -d -m 750 -g fraisier /etc/fraisier
  for file in fraises.yaml webhook-secrets environment; do put_configuration "$here/etc/$file" "/etc/fraisier/$file"; done

  # Beside the version that runs: a runner of that one may start until the link is switched, in one step.
  place=$prefix/versions/$version
  if [ "$installed" = "$version" ] && diff -rq --exclude=snapshot "$here/program" "$place" > /dev/null 2>&1; then
    say "$place is complete"
  else
    act rm -rf "$place.new" "$place.old"
    act mkdir -p "$prefix/versions"
    act cp -R "$here/program" "$place.new"
    act chown -R 0:0 "$place.new"
    [ ! -e "$place" ] || act mv "$place" "$place.old"
    act mv "$place.new" "$place"
    try "$place/make-snapshot"
    act ln -sfn "versions/$version" "$prefix/current.new"
    act mv -T "$prefix/current.new" "$prefix/current"
    act rm -rf "$place.old"
  fi
  # What ran before may go: a runner has all of its program in memory when it begins.
  for other in "$prefix"/versions/*; do
    [ "$other" = "$place" ] || [ ! -e "$other" ] || act rm -rf "$other"
  done

  say "the command /usr/local/bin/fraisier runs $prefix/current"
  [ -n "$dry_run" ] || {
    sed "s|@PROGRAM@|$prefix/current|g" "$here/program/fraisier" > /usr/local/bin/fraisier.new
    chmod 755 /usr/local/bin/fraisier.new
    mv /usr/local/bin/fraisier.new /usr/local/bin/fraisier
  }
  for file in "$here"/systemd/*.service "$here"/systemd/*.socket; do
    [ ! -e "$file" ] || put "$file" "$units/${file##*/}" 644
  done
  put "$here/systemd/fraisier.rules" /etc/polkit-1/rules.d/50-fraisier.rules 644
  (cd "$here/share" && find . -type f) | while read -r file; do put "$here/share/${file#./}" "$share/${file#./}" 644; done
  command -v restorecon > /dev/null && try restorecon -R "$prefix" "$units" /etc/fraisier /usr/local/bin/fraisier

  if has_systemd; then
    act systemctl daemon-reload
    # An administrator who disabled the unit is obeyed when this runs again.
    [ -n "$installed" ] || act systemctl enable fraisier.service
    if [ -n "$dry_run" ] || systemctl is-enabled --quiet fraisier.service 2> /dev/null; then
      act systemctl restart fraisier.service
    else
      act systemctl try-restart fraisier.service
    fi
  else
    say "systemd does not run here: start the daemon with fraisier serve"
  fi
  say "fraisier $version is installed: write /etc/fraisier/fraises.yaml, and see $prefix/current/documentation/README.md"
}

remove_program() {
  if has_systemd && [ -e $units/fraisier.service ]; then try systemctl disable --now fraisier.service; fi
  if has_systemd && [ -e $units/fraisier.socket ]; then try systemctl disable --now fraisier.socket; fi
  for file in "$units/fraisier.service" "$units/fraisier.socket" "$units/fraisier-deploy@.service" /etc/polkit-1/rules.d/50-fraisier.rules \
    /etc/sysusers.d/fraisier.conf /etc/tmpfiles.d/fraisier.conf /usr/local/bin/fraisier \
    $share/bash-completion/completions/fraisier $share/zsh/site-functions/_fraisier $share/fish/vendor_completions.d/fraisier.fish \
    $share/man/man1/fraisier.1; do
    [ ! -e "$file" ] || act rm "$file"
  done
  for file in "$prefix/versions" "$prefix/current"; do
    [ ! -e "$file" ] && [ ! -L "$file" ] || act rm -rf "$file"
  done
  [ ! -d "$prefix" ] || try rmdir "$prefix"
  if has_systemd; then act systemctl daemon-reload; fi
}

remove_data() {
  if has_systemd; then try systemctl stop 'fraisier-deploy@*.service'; fi
  # Written by "fraisier privileges install".
  for unit in "$units"/fraisier-as-*.socket; do
    [ ! -e "$unit" ] || try systemctl disable --now "${unit##*/}"
  done
  for unit in "$units"/fraisier-as-*; do
    [ ! -e "$unit" ] || act rm -rf "$unit"
  done
  for file in /var/lib/fraisier /etc/fraisier /etc/polkit-1/rules.d/51-fraisier-targets.rules /var/lib/systemd/linger/fraisier; do
    [ ! -e "$file" ] || act rm -rf "$file"
  done
}

case $task in
  install) install_program ;;
  uninstall)
    remove_program
    say "fraisier is removed; /etc/fraisier and /var/lib/fraisier stay, and --purge removes them"
    ;;
  purge)
    remove_program
    remove_data
    say "fraisier and its data are removed; the folders of targets and the user fraisier stay"
    ;;
esac
