#!/usr/bin/env bash
# Installs, on Debian, the programs that prove what only they can prove, and the packages that are named (those that
# the suite's own tests compare with, say).  Packages bring daemons: none is started, now or at the next boot, and
# nothing is removed to make room (another mail server, say).
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/sbin:/sbin"

declare -A package=(
    [promtool]=prometheus
    [amtool]=prometheus-alertmanager
    [postconf]=postfix
    [rspamadm]=rspamd
)
missing=()
for program in "${!package[@]}"; do
    command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
for named in "$@"; do
    dpkg-query --show --showformat '${db:Status-Abbrev}' "$named" 2>/dev/null | grep -q '^ii' || missing+=("$named")
done
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This is no Debian: install what Debian has in ${missing[*]} by hand." >&2
    exit 2
elif ((EUID)); then
    echo "Installing ${missing[*]} needs root: run  sudo $0  and then this again." >&2
    exit 2
fi

policy=/usr/sbin/policy-rc.d
restore() {
    rm -f "$policy"
    [[ ! -e $policy.before ]] || mv "$policy.before" "$policy"
}
[[ ! -e $policy ]] || mv "$policy" "$policy.before"
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
apt-get update -qq
apt-get install -qq --no-install-recommends --no-remove "${missing[@]}" >/dev/null
if command -v systemctl >/dev/null; then
    mapfile -t units < <(dpkg -L "${missing[@]}" | sed -n 's|.*/systemd/system/\([^/@]*\.service\)$|\1|p' | sort -u)
    ((! ${#units[@]})) || systemctl disable --quiet "${units[@]}"
fi
