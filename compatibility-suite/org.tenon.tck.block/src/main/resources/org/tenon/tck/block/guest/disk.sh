# What the guest tier does with a disk, for busybox's shell. The suite types:  . /tck/disk.sh; FUNCTION ARGUMENT…
# /tck/data holds random bytes.

. /tck/guest.sh

# The name of the disk with that serial, such as vda; it is waited for. Linux does not see a disk that comes within a second after
# another went: only the slot's button tells it, two seconds later, and then it waits another five.
disk() {
  tries=0
  while [ $tries -lt 600 ]; do
    for block in /sys/block/vd* /sys/block/nvme*; do
      for serial in "$block/serial" "$block/device/serial"; do
        if [ -f "$serial" ] && [ "$(sed 's/ *$//' "$serial")" = "$1" ] && [ -b "/dev/${block##*/}" ]; then
          echo "${block##*/}"
          return 0
        fi
      done
    done
    usleep 50000
    tries=$((tries + 1))
  done
  return 1
}

# The PCI address of a disk's function.
address() {
  readlink -f "/sys/block/$1/device" | sed 's|.*/\(0000:[0-9a-f:.]*\)/.*|\1|'
}

# What Linux knows of the disk with that serial.
facts() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  queue=/sys/block/$name/queue
  echo "name: $name"
  echo "sectors: $(cat "/sys/block/$name/size")"
  echo "logical block: $(cat "$queue/logical_block_size")"
  echo "physical block: $(cat "$queue/physical_block_size")"
  echo "read-only: $(cat "/sys/block/$name/ro")"
  echo "cache: $(cat "$queue/write_cache")"
  echo "discard: $(cat "$queue/discard_max_bytes")"
}

# The next random number below $1, in $n; the suite computes the same.
next() {
  r=$(((r * 1103515245 + 12345) & 0x7fffffff))
  n=$(((r >> 8) % $1))
}

# Writes pieces of the data to random places of a region, in ways that take turns at random.
# DEVICE BLOCK FIRST BLOCKS LONGEST DATA-BLOCKS SEED ROUNDS, all but the device and the last two in blocks of BLOCK bytes
worker() {
  device=$1 block=$2 first=$3 blocks=$4 longest=$5 data=$6 r=$7 round=0
  while [ $round -lt "$8" ]; do
    next "$longest"
    count=$((n + 1))
    next $((blocks - count + 1))
    at=$((first + n))
    next $((data - count + 1))
    from=$n
    next 4
    case $n in
      0) dd if=/tck/data of="$device" bs="$block" skip=$from seek=$at count=$count conv=notrunc status=none ;;
      1) dd if=/tck/data of="$device" bs="$block" skip=$from seek=$at count=$count conv=fsync status=none ;;
      2) dd if=/tck/data of="$device" bs="$block" skip=$from seek=$at count=$count oflag=direct status=none ;;
      3)
        whole=$((block * count))
        dd if=/tck/data of="$device" bs=$whole skip=$((block * from)) seek=$((block * at)) count=1 \
          iflag=skip_bytes oflag=seek_bytes,direct status=none &&
          [ "$(dd if="$device" bs=$whole skip=$((block * at)) count=1 iflag=skip_bytes,direct status=none | sum)" = \
            "$(dd if=/tck/data bs=$whole skip=$((block * from)) count=1 iflag=skip_bytes status=none | sum)" ]
        ;;
    esac || broken "round $round: $count blocks at $at, way $n"
    round=$((round + 1))
  done
}

# Several workers at once, each in its own region, one at each end of the disk; then what each region holds, read past
# the cache and through it.
# SERIAL BLOCK REGION STRIDE LONGEST DATA-BLOCKS ROUNDS SEED…
workers() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  size=$2 region=$3 stride=$4 longest=$5 data=$6 rounds=$7
  shift 7
  pids=
  first=0
  for seed in "$@"; do
    worker "/dev/$name" "$size" $first "$region" "$longest" "$data" "$seed" "$rounds" &
    pids="$pids $!"
    first=$((first + stride))
  done
  for pid in $pids; do
    wait "$pid" || broken "a worker failed"
  done
  blockdev --flushbufs "/dev/$name" || broken "flush failed"
  first=0
  for seed in "$@"; do
    echo "region: $(region direct,)"
    echo "cached: $(region "")"
    first=$((first + stride))
  done
}

region() {
  dd if="/dev/$name" bs=65536 iflag=$1skip_bytes,count_bytes skip=$((size * first)) count=$((size * region)) status=none | sum
}

# ext4: made, mounted, filled by several processes, trimmed, unmounted, checked, mounted again, compared.  SERIAL PROCESSES
files() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  # Without flexible groups every part of the disk has its own metadata.
  /tools/mke2fs -q -t ext4 -O ^flex_bg -E lazy_itable_init=0 -F "/dev/$name" || broken "mke2fs failed"
  mount -t ext4 "/dev/$name" /mnt || broken "mount failed"
  pids=
  for process in $(seq "$2"); do
    file_writer "$process" &
    pids="$pids $!"
  done
  for pid in $pids; do
    wait "$pid" || broken "a writer failed"
  done
  rm -r /mnt/1 || broken "rm failed"
  if [ "$(cat "/sys/block/$name/queue/discard_max_bytes")" != 0 ]; then
    sync
    fstrim /mnt || broken "fstrim failed"
  fi
  umount /mnt || broken "umount failed"
  /tools/e2fsck -fn "/dev/$name" > /tmp/fsck 2>&1 || broken "e2fsck: $(tr '\n' ';' < /tmp/fsck)"
  echo 3 > /proc/sys/vm/drop_caches
  mount -t ext4 -o ro "/dev/$name" /mnt || broken "second mount failed"
  for process in $(seq 2 "$2"); do
    for file in 1 2 3 4 5; do
      [ "$(sum < "/mnt/$process/$file")" = "$(file_content "$process" "$file" | sum)" ] || broken "/mnt/$process/$file differs"
    done
  done
  [ ! -e /mnt/1 ] || broken "what was removed is back"
  umount /mnt || broken "second umount failed"
}

file_content() {
  tail -c $((1000000 - $1 * 7777 - $2 * 111111)) /tck/data
}

file_writer() {
  mkdir "/mnt/$1" || broken "mkdir failed"
  for file in 1 2 3 4 5; do
    file_content "$1" $file > "/mnt/$1/$file" || broken "write failed"
    [ $file != 3 ] || sync
  done
}

# Flushed writes, each followed by a mark at which the suite looks at the storage. After the first two, others write
# elsewhere meanwhile.
# SERIAL BLOCK COUNT ELSEWHERE FROM…
flushes() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  block=$2 count=$3 elsewhere=$4
  shift 4
  noise=
  at=0
  for from in "$@"; do
    if [ $at = $((2 * count)) ]; then
      (while dd if=/tck/data of="/dev/$name" bs="$block" seek="$elsewhere" count=$((2 * count)) oflag=direct status=none; do :; done) &
      noise=$!
    fi
    way=
    [ $((at / count % 2)) = 0 ] || way=oflag=direct
    # shellcheck disable=SC2086
    dd if=/tck/data of="/dev/$name" bs="$block" skip="$from" seek=$at count="$count" conv=fsync status=none $way ||
      broken "a flushed write failed"
    echo "mark flushed-$at"
    at=$((at + count))
  done
  kill $noise
  wait $noise 2> /dev/null
  true
}

# A middle of what was written is discarded, or zeroed; what is read then.  SERIAL BLOCK AT COUNT OPTION
space() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  dd if=/tck/data of="/dev/$name" bs="$2" seek="$3" count=$((3 * $4)) conv=fsync status=none || broken "write failed"
  # shellcheck disable=SC2086
  /tools/blkdiscard $5 -o $(($2 * ($3 + $4))) -l $(($2 * $4)) "/dev/$name" || broken "blkdiscard $5 failed"
  blockdev --flushbufs "/dev/$name" || broken "flush failed"
  for part in 0 1 2; do
    echo "part: $(dd if="/dev/$name" bs=$(($2 * $4)) skip=$(($2 * ($3 + part * $4))) count=1 iflag=skip_bytes,direct status=none | sum)"
  done
}

# A disk that takes no change.  SERIAL
read_only() {
  facts "$1"
  ! dd if=/tck/data of="/dev/$name" bs=4096 count=1 oflag=direct status=none 2> /dev/null || broken "a write was taken"
  dd if="/dev/$name" bs=4096 count=16 iflag=direct status=none > /dev/null || broken "a read failed"
}

# What must outlive a storm: written and flushed before, compared after.  SERIAL BLOCK COUNT
keep() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  dd if=/tck/data of="/dev/$name" bs="$2" count="$3" conv=fsync status=none || broken "write failed"
}

kept() {
  name=$(disk "$1") || broken "no disk has the serial $1 any more"
  [ "$(dd if="/dev/$name" bs="$2" count="$3" iflag=direct status=none | sum)" = \
    "$(dd if=/tck/data bs="$2" count="$3" status=none | sum)" ] || broken "what was flushed is lost"
}

# Four processes that write past the cache, past what is kept, until their disk is gone.  NAME BLOCK FIRST COUNT
# They open a node of their own: where /dev/NAME has gone, dd would make a plain file of that name.
load() {
  node=/tmp/node
  rm -f $node
  mknod $node b "$(cut -d: -f1 "/sys/block/$1/dev")" "$(cut -d: -f2 "/sys/block/$1/dev")"
  pids=
  for process in 0 1 2 3; do
    (while dd if=/tck/data of=$node bs="$2" seek=$(($3 + process * $4)) count="$4" oflag=direct status=none 2> /dev/null; do :; done) &
    pids="$pids $!"
  done
  usleep 30000
}

unload() {
  # shellcheck disable=SC2086
  kill $pids 2> /dev/null
  # shellcheck disable=SC2086
  wait $pids 2> /dev/null
}

# Linux's driver is taken off the disk during I/O and put on again.  SERIAL BLOCK COUNT TIMES
rebind() {
  keep "$1" "$2" "$3"
  for time in $(seq "$4"); do
    name=$(disk "$1") || broken "no disk has the serial $1 after $time rounds"
    case $name in
      vd*) device=$(basename "$(readlink -f "/sys/block/$name/device")") driver=/sys/bus/virtio/drivers/virtio_blk ;;
      *) device=$(address "$name") driver=/sys/bus/pci/drivers/nvme ;;
    esac
    load "$name" "$2" "$3" "$3"
    echo "$device" > $driver/unbind || broken "unbind failed"
    unload
    echo "$device" > $driver/bind || broken "bind failed"
    kept "$1" "$2" "$3"
  done
}

# The controller is reset during I/O, which must not notice.  SERIAL BLOCK COUNT TIMES
reset_controller() {
  keep "$1" "$2" "$3"
  name=$(disk "$1")
  for time in $(seq "$4"); do
    load "$name" "$2" "$3" "$3"
    echo 1 > "/sys/block/$name/device/reset_controller" || broken "reset failed"
    for pid in $pids; do
      kill -0 "$pid" || broken "I/O failed during a reset"
    done
    unload
    kept "$1" "$2" "$3"
  done
}

# The disk is removed during I/O and found again.  SERIAL BLOCK COUNT TIMES
unplug() {
  keep "$1" "$2" "$3"
  for time in $(seq "$4"); do
    name=$(disk "$1") || broken "no disk has the serial $1 after $time rounds"
    slot=/sys/bus/pci/devices/$(address "$name")
    load "$name" "$2" "$3" "$3"
    echo 1 > "$slot/remove" || broken "remove failed"
    unload
    [ ! -e "/sys/block/$name" ] || broken "the disk is still there"
    echo 1 > /sys/bus/pci/rescan || broken "rescan failed"
    kept "$1" "$2" "$3"
  done
}

# The disk is pulled out by the host, at the mark, during I/O.  SERIAL BLOCK COUNT
pulled() {
  keep "$1" "$2" "$3"
  load "$name" "$2" "$3" "$3"
  echo "mark pull"
  tries=0
  while [ -e "/sys/block/$name" ]; do
    [ $tries -lt 200 ] || broken "the disk is still there"
    usleep 50000
    tries=$((tries + 1))
  done
  unload
}

# What an NVMe controller says of itself and of what it did.  SERIAL BLOCK
nvme_logs() {
  name=$(disk "$1") || broken "no disk has the serial $1"
  controller=/dev/${name%n*}
  /tools/nvme id-ctrl "$controller" || broken "id-ctrl failed"
  /tools/nvme id-ns "/dev/$name" || broken "id-ns failed"
  dd if=/tck/data of="/dev/$name" bs=65536 count=16 oflag=direct status=none || broken "write failed"
  dd if="/dev/$name" bs=65536 count=32 iflag=direct status=none > /dev/null || broken "read failed"
  /tools/nvme smart-log "$controller" || broken "smart-log failed"
  /tools/nvme error-log "$controller" -e 4 || broken "error-log failed"
  /tools/nvme fw-log "$controller" || broken "fw-log failed"
}
