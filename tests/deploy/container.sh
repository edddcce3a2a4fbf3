#!/bin/sh
# A container's view of the world, as far as a machine without a container engine can give it: a root of its own that holds what the
# image holds and nothing else, read-only; the image's user; no capability, and no way to one.
#
# container.sh HOOKFERRY serve -c FILE, as root. FILE appears as /etc/hookferry/config.yaml. In the folder that $MOUNTED names, secrets/ is
# mounted at /run/secrets/hookferry, and spool/ at /var/lib/hookferry, the only place to write to.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

if [ -z "${IN_NAMESPACE:-}" ]; then
  # The mounts are seen by nobody else, and gone with the process.
  IN_NAMESPACE=1 exec unshare --mount "$0" "$@"
fi
unset IN_NAMESPACE
folder=$MOUNTED
unset MOUNTED
root=/mnt

mount -t tmpfs -o mode=755 hookferry "$root"
mkdir -p "$root/usr/local/bin" "$root/etc/hookferry" "$root/run/secrets/hookferry" "$root/var/lib/hookferry" "$root/proc" "$root/etc/ssl"
touch "$root/usr/local/bin/hookferry"
mount --bind "$1" "$root/usr/local/bin/hookferry"
mount -o remount,bind,ro "$root/usr/local/bin/hookferry"
mount --bind /proc "$root/proc"
# What distroless/cc has, of what the daemon links to.
ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp -r /etc/ssl/certs "$root/etc/ssl/"
cp "$4" "$root/etc/hookferry/config.yaml"
if [ -d "$folder/secrets" ]; then
  # As the kubelet: owned by root, for the group to read, and followed while the daemon runs.
  chown -R 0:65532 "$folder/secrets"
  chmod 750 "$folder/secrets"
  chmod 440 "$folder"/secrets/*
  mount --bind "$folder/secrets" "$root/run/secrets/hookferry"
  mount -o remount,bind,ro "$root/run/secrets/hookferry"
fi
if [ -d "$folder/spool" ]; then
  chown 65532:65532 "$folder/spool"
  mount --bind "$folder/spool" "$root/var/lib/hookferry"
fi
mount -o remount,ro "$root"
exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \
  chroot --userspec=65532:65532 --groups=65532 "$root" /usr/local/bin/hookferry "$2" "$3" /etc/hookferry/config.yaml
