#!/bin/bash
# One start of docker-mailserver, in namespaces and on a file system of its own: nothing of it is left behind.
#
#   unshare --mount --net --uts --pid --fork bash start_up.sh TARGET CASE
#
# TARGET is the folder "target" of docker-mailserver's source.  CASE holds what Kubernetes mounts (files/...), the
# environment (env, NUL between them); what there is afterwards is put there: answer/...
set -eu
target=$1 case=$2
root=$case/root
mkdir -p "$case/layer" "$root"
mount -t tmpfs tmpfs "$case/layer"
mkdir "$case/layer/upper" "$case/layer/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$case/layer/upper,workdir=$case/layer/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

# -- as the image has it (Dockerfile) --
mount -t tmpfs tmpfs "$root/tmp"
rm -rf "$root/etc/postfix/sasl" "$root/etc/rspamd/local.d" "$root/etc/rspamd/override.d"
mkdir -p "$root"/tmp/docker-mailserver "$root"/etc/postfix/{maps,sasl} "$root"/etc/rspamd/{local.d,override.d} \
  "$root"/usr/local/bin "$root"/etc/dms/postfix/master.d "$root"/var/log/mail "$root"/etc/amavis/conf.d \
  "$root"/etc/opendkim "$root"/etc/opendmarc "$root"/etc/dovecot/conf.d
chmod 1777 "$root/tmp"
cp "$target"/postfix/{main.cf,master.cf,ldap-*.cf} "$root/etc/postfix/"
cp "$target"/postfix/*.pcre "$root/etc/postfix/maps/"
cp "$target/amavis/postfix-amavis.cf" "$root/etc/dms/postfix/master.d/"
cp -r "$target"/rspamd/local.d/. "$root/etc/rspamd/local.d/"
cp "$target"/dovecot/*.{conf,inc} "$target/dovecot/auth-ldap.conf.ext" "$root/etc/dovecot/conf.d/"
cp "$target"/dovecot/dovecot-*.conf.ext "$root/etc/dovecot/"
cp "$target"/opendkim/opendkim.conf "$target"/opendmarc/opendmarc.conf "$root/etc/"
cp "$target"/opendmarc/ignore.hosts "$root/etc/opendmarc/"
cp "$target"/bin/* "$target"/scripts/*.sh "$target"/scripts/startup/*.sh "$root/usr/local/bin/"
cp -r "$target/scripts/helpers" "$target/scripts/startup/setup.d" "$root/usr/local/bin/"
chmod +x "$root"/usr/local/bin/*
: > "$root/etc/aliases"

# -- as Kubernetes has it: each file is mounted, and read-only --
(cd "$case/files" && find . -type f -print0) | while IFS= read -r -d '' file; do
  mkdir -p "$root/$(dirname "$file")"
  : > "$root/$file"
  mount --bind "$case/files/$file" "$root/$file"
  mount -o remount,bind,ro "$root/$file"
done
ip link add eth0 type veth peer name far
ip addr add 10.244.1.7/24 dev eth0
ip link set eth0 up
hostname mailserver-7c9d
printf '127.0.0.1 localhost\n10.244.1.7 mailserver-7c9d\n' > "$root/etc/hosts"

# -- its own start, but for what starts daemons and sleeps --
cat > "$root/start" <<'END'
source <(sed '/^_early_supervisor_setup$/,$d' /usr/local/bin/start-mailserver.sh)
sleep() { :; }
_early_variables_setup
_register_functions
_check
for FILE in /usr/local/bin/setup.d/**/*.sh; do source "${FILE}"; done
for FUNC in "${FUNCS_SETUP[@]}"; do ${FUNC}; done
: > /started
END
mapfile -d '' -t variables < "$case/env"
chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
  "${variables[@]}" /bin/bash /start > "$case/log" 2>&1 < /dev/null || true

# -- what there is now --
mkdir -p "$case/answer"
touch -d '2 seconds ago' "$root/etc/postfix/main.cf"
[ ! -e "$root/started" ] || : > "$case/answer/started"
chroot "$root" postconf -n > "$case/answer/main.cf" 2>> "$case/log" || true
chroot "$root" postconf -M > "$case/answer/services" 2>> "$case/log" || true
chroot "$root" postconf -P > "$case/answer/options" 2>> "$case/log" || true
for table in sasl_passwd relayhost_map; do
  [ ! -f "$root/etc/postfix/$table" ] || cp "$root/etc/postfix/$table" "$case/answer/$table"
done
cp -r "$root/etc/rspamd/override.d" "$case/answer/override.d"
