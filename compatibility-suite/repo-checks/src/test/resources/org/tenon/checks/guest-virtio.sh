# What GuestVirtioTest runs in the guest.
total() { awk '/^MemTotal/ { print $2 }' /proc/meminfo; }
answer() { # port bytes: sends back what the host sends
  head -c "$2" < "/dev/virtio-ports/$1" > "/tmp/$1"
  cat "/tmp/$1" > "/dev/virtio-ports/$1"
}
echo "rng: $(cat /sys/class/misc/hw_random/rng_current) $(dd if=/dev/hwrng bs=1k count=8 2>/dev/null | wc -c)"
answer org.tenon.a 2000000 &
answer org.tenon.b 1000000 &
/vsock-sh @6000 cat &
dd if=/dev/urandom of=/tmp/sent bs=1k count=1500 2>/dev/null
/vsock-sh 5000 "cat /tmp/sent & head -c 1536000 > /tmp/received; wait"
cmp /tmp/sent /tmp/received && echo "vsock: echoed"
/vsock-sh 5009 cat || echo "vsock: refused with $?"
wait
rm /tmp/sent /tmp/received
before=$(total)
dd if=/dev/zero of=/tmp/fill bs=1M count=96 2>/dev/null
/vsock-sh 5001 "echo filled; read go"
rm /tmp/fill
/vsock-sh 5001 "echo freed; read go"
echo "balloon: took $((before - $(total))) kB"
/vsock-sh 5001 "echo read; read go"
echo "balloon: kept $((before - $(total))) kB"
dmesg -r | grep '^<[0-4]>' | sed s/^/complaint:/
