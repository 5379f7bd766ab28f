# Fills an ext4 file system with files whose content the trial knows, and says after each that it is durable.
# Besides it uses disk.sh of the guest tier.

# Content number $1 of $2 pieces: a line, and the data again and again.
content() {
  echo "file $1"
  for piece in $(seq "$2"); do
    cat /tck/data
  done
}

# SERIAL FILES PIECES
fill() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  /tools/mke2fs -q -t ext4 -F "/dev/$name" || broken "mke2fs failed"
  mount -t ext4 "/dev/$name" /mnt || broken "mount failed"
  for file in $(seq "$2"); do
    content "$file" "$3" > "/mnt/new" &
    writer=$!
    echo "mark writing-$file"
    wait $writer || broken "file $file could not be written"
    mv /mnt/new "/mnt/f$file"
    sync || broken "sync failed"
    echo "mark durable-$file"
  done
  echo 3 > /proc/sys/vm/drop_caches
  for file in $(seq "$2"); do
    echo "sum: $(md5sum < "/mnt/f$file" | cut -c 1-32)"
  done
  umount /mnt || broken "umount failed"
}
