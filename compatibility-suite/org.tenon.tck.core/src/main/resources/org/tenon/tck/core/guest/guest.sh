# What every guest tier's functions share, for busybox's shell. A function ends with status 0 when all went as it must;
# else it says "broken: …".

broken() {
  echo "broken: $*"
  exit 1
}

sum() {
  md5sum | cut -c 1-32
}

# What the kernel has complained about since it was last asked.
complaints() {
  dmesg -r -c | sed -n 's/^<[0-4]>\[ *[0-9.]*\] /complaint: /p'
}
