#!/bin/busybox sh
# The first process of Tenon's test guest. Kernel parameters it knows:
#   tenon.exec=COMMAND   run COMMAND with sh and power off; everything up to the end of the line belongs to it
# Without one it opens a shell on the console and powers off when the shell ends.
/bin/busybox mkdir -p /bin /sbin /usr/bin /usr/sbin /proc /sys /dev /tmp /root /mnt
/bin/busybox --install -s
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=${TERM:-vt100}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mount -t tmpfs tmpfs /tmp
while read -r module; do
  insmod "/modules/$module" 2>/dev/null
done < /modules/order
# What udev does elsewhere: ports of a virtio console by their names.
for port in /sys/class/virtio-ports/*/name; do
  if [ -s "$port" ]; then
    mkdir -p /dev/virtio-ports
    node=${port%/name}
    ln -sf "/dev/${node##*/}" "/dev/virtio-ports/$(cat "$port")"
  fi
done
echo "tenon-guest: up, $(nproc) processor(s), kernel $(uname -r)"
command=$(sed -n 's/.*tenon\.exec=//p' /proc/cmdline)
if [ -n "$command" ]; then
  sh -c "$command"
  echo "tenon-guest: exit $?"
else
  setsid cttyhack sh
fi
sync
poweroff -f
