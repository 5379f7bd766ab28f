# What the guest tier does with a network card, for busybox's shell. The suite types:  . /tck/net.sh; FUNCTION ARGUMENT…
# /tck/data holds random bytes, /tck/head their beginning. Two stations, near and far, talk in a NET: near is always in this guest. Far is at the wire's
# other end, where there is a station ("ends"); where the wire comes back ("loops") it is in this guest as well, in a network
# namespace of its own, and what the two say to each other leaves by the card and arrives by it again. Far says at port 7001 the
# sum of what it is sent, gives the data at port 7002, and its beginning at port 7003.
. /tck/guest.sh

ethtool=/tools/ethtool

# Once: the modules, and which card was there first.
begin() {
  for module in llc stp garp mrp 8021q macvlan; do
    insmod /tools/modules/$module.ko || broken "no module $module"
  done
  quiet_ipv6
  for interface in /sys/class/net/*; do
    [ ! -e "$interface/device" ] || place "$interface" > /tmp/main
  done
  [ -s /tmp/main ] || broken "there is no network card"
}

# No stray frames: addresses come from the suite alone.
quiet_ipv6() {
  for group in /proc/sys/net/ipv6/conf/*; do
    echo 0 > "$group/accept_dad"
    echo 0 > "$group/router_solicitations"
    echo 1 > "$group/addr_gen_mode"
  done
}

# The PCI address of an interface's card.
place() {
  readlink -f "$1/device" | sed 's|.*/\(0000:[0-9a-f:.]*\)/[^/]*$|\1|'
}

# The name of the card that was there first ("main"), or of another ("further"); it is waited for. Linux does not see a card that comes
# within a second after another went: only the slot's button tells it, two seconds later, and then it waits another five.
card() {
  tries=0
  while [ $tries -lt 600 ]; do
    for interface in /sys/class/net/*; do
      if [ -e "$interface/device" ]; then
        which=further
        [ "$(place "$interface")" != "$(cat /tmp/main)" ] || which=main
        if [ $which = "$1" ]; then
          echo "${interface##*/}"
          return 0
        fi
      fi
    done
    usleep 50000
    tries=$((tries + 1))
  done
  return 1
}

# What Linux knows of a card.  CARD
facts() {
  name=$(card "$1") || broken "there is no $1 card"
  ip link set "$name" up || broken "the card cannot be brought up"
  await_carrier "$name" 1
  echo "address: $(cat "/sys/class/net/$name/address")"
  echo "mtu: $(cat "/sys/class/net/$name/mtu")"
  echo "carrier: $(cat "/sys/class/net/$name/carrier")"
  echo "driver: $(basename "$(readlink -f "/sys/class/net/$name/device/driver")")"
  echo "pairs: $($ethtool -l "$name" | sed -n '/^Pre-set/,/^Current/s/^Combined:[[:space:]]*//p')"
  $ethtool -k "$name" | sed -n 's/^[[:space:]]*\(tx-checksum-ip-generic\|tx-tcp-segmentation\|tx-tcp6-segmentation\|rx-vlan-filter\): \([a-z]*\).*/\1: \2/p'
}

# Waits until the link is up (1) or down (0).  NAME STATE
await_carrier() {
  tries=0
  while [ "$(cat "/sys/class/net/$1/carrier" 2> /dev/null)" != "$2" ]; do
    [ $tries -lt 400 ] || broken "the link does not come to be $2"
    usleep 20000
    tries=$((tries + 1))
  done
}

# Has near and far meet on a card.  CARD loops|ends NET VLAN
meet() {
  name=$(card "$1") || broken "there is no $1 card"
  ip link set "$name" up || broken "the card cannot be brought up"
  lower=$name
  if [ "$4" != 0 ]; then
    lower=$name.$4
    [ -e "/sys/class/net/$lower" ] || ip link add link "$name" name "$lower" type vlan id "$4" || broken "VLAN $4 cannot be joined"
    ip link set "$lower" up || broken "VLAN $4 cannot be brought up"
  fi
  if [ "$2" = loops ]; then
    station "near$3" "$lower" "$3" 1
    station "far$3" "$lower" "$3" 2
  elif ! ip addr show dev "$lower" | grep -q "10.77.$3.1/"; then
    ip addr add "10.77.$3.1/24" dev "$lower" && ip addr add "fd77:$3::1/64" dev "$lower" || broken "no address can be had"
  fi
}

# A station on a card, in a network namespace of its own, which stays when the card goes.  NAME LOWER NET NUMBER
station() {
  if [ ! -f "/tmp/$1.pid" ]; then
    unshare -n sleep 1000000 &
    pid=$!
    while [ "$(readlink "/proc/$pid/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
      usleep 10000
    done
    echo $pid > "/tmp/$1.pid"
    nsenter -t $pid -n sh -c ". /tck/net.sh; quiet_ipv6; ip link set lo up"
    nsenter -t $pid -n nc -ll -p 7001 -e md5sum &
    nsenter -t $pid -n nc -ll -p 7002 -e cat /tck/data &
    nsenter -t $pid -n nc -ll -p 7003 -e cat /tck/head &
  fi
  pid=$(cat "/tmp/$1.pid")
  if ! nsenter -t "$pid" -n ip link show dev "$1" > /dev/null 2>&1; then
    ip link add link "$2" name "$1" address "02:00:5e:77:0$3:0$4" type macvlan || broken "no station can be put on $2"
    ip link set "$1" netns "$pid"
    nsenter -t "$pid" -n sh -c "ip addr add 10.77.$3.$4/24 dev $1; ip addr add fd77:$3::$4/64 dev $1; ip link set $1 up" ||
      broken "station $1 has no address"
  fi
}

# Does something as near.  NET COMMAND…
near() {
  (become_near "$@")
}

# Goes on as a program of near's, so that whoever ends this process ends that program.  NET COMMAND…
become_near() {
  net=$1
  shift
  if [ -f "/tmp/near$net.pid" ]; then
    exec nsenter -t "$(cat "/tmp/near$net.pid")" -n "$@"
  else
    exec "$@"
  fi
}

# Pings of these lengths to far, each of which must be answered.  NET ADDRESS BYTES…
lengths() {
  net=$1 address=$2
  shift 2
  for bytes in "$@"; do
    near "$net" ping -c 1 -W 8 -s "$bytes" "$address" > /tmp/ping 2>&1 || broken "a ping of $bytes bytes is not answered"
  done
}

# A ping that must not be answered.  NET ADDRESS
silence() {
  ! near "$1" ping -c 2 -i 1 -W 1 "$2" > /tmp/ping 2>&1 || broken "$2 answers"
}

# The longest MTU is the card's, and no more.  CARD MOST
mtu() {
  name=$(card "$1") || broken "there is no $1 card"
  ! ip link set "$name" mtu $(($2 + 1)) 2> /dev/null || broken "an MTU of $(($2 + 1)) is taken"
  ip link set "$name" mtu "$2" || broken "an MTU of $2 is not taken"
}

# All data to far and from it, or the beginning of them.  NET ADDRESS data|head
streams() {
  port=7002
  [ "$3" = data ] || port=7003
  echo "sent: $(near "$1" nc -w 20 "$2" 7001 < "/tck/$3" | cut -c 1-32)"
  echo "fetched: $(near "$1" nc -w 20 "$2" $port < /dev/null | sum)"
}

# What Linux leaves to the card, as far as the card takes it.  CARD on|off
offloads() {
  name=$(card "$1") || broken "there is no $1 card"
  $ethtool -K "$name" tx "$2" sg "$2" tso "$2" gro "$2" > /tmp/ethtool 2>&1
  true
}

# Streams at once over so many pairs of queues.  CARD NET ADDRESS PAIRS STREAMS
spread() {
  name=$(card "$1") || broken "there is no $1 card"
  $ethtool -L "$name" combined "$4" || broken "$4 pairs of queues are not taken"
  rm -f /tmp/stream-*
  for stream in $(seq "$5"); do
    become_near "$2" nc -w 20 "$3" 7001 < /tck/head > "/tmp/stream-$stream" &
    pids="$pids $!"
  done
  for pid in $pids; do
    wait "$pid" || broken "a stream failed"
  done
  for stream in $(seq "$5"); do
    echo "sent: $(cut -c 1-32 "/tmp/stream-$stream")"
  done
  $ethtool -S "$name" | sed -n 's/^ *rx_queue_\([0-9]*\)_packets: 0*\([1-9][0-9]*\)$/used: \1/p'
}

# Frames for whoever looks at the wire: questions about words, and datagrams of these lengths.  CARD MAC WORDS BYTES
utter() {
  name=$(card "$1") || broken "there is no $1 card"
  ip link set "$name" up
  ip addr show dev "$name" | grep -q 10.77.9.1/ || ip addr add 10.77.9.1/24 dev "$name"
  await_carrier "$name" 1
  arp -i "$name" -s 10.77.9.2 "$2" || broken "no neighbour can be named"
  for word in $3; do
    nslookup "$word.test" 10.77.9.2 > /dev/null 2>&1 &
    pids="$pids $!"
  done
  for bytes in $4; do
    traceroute -n -q 1 -m 1 -w 1 10.77.9.2 "$bytes" > /dev/null 2>&1 &
    pids="$pids $!"
  done
  usleep 300000
  # shellcheck disable=SC2086
  kill $pids 2> /dev/null
  # shellcheck disable=SC2086
  wait $pids 2> /dev/null
  true
}

# Traffic until it is ended, whatever becomes of it.  CARD NET ADDRESS; without an address frames that nobody answers
load() {
  if [ -n "$3" ]; then
    become_near "$2" nc "$3" 7001 < /dev/zero > /dev/null 2>&1 &
    pids=$!
    become_near "$2" ping -q -i 0 "$3" > /dev/null 2>&1 &
    pids="$pids $!"
  else
    ping -q -i 0 10.77.9.2 > /dev/null 2>&1 &
    pids=$!
  fi
  usleep 50000
}

unload() {
  # shellcheck disable=SC2086
  kill $pids 2> /dev/null
  # shellcheck disable=SC2086
  wait $pids 2> /dev/null
  true
}

# The card is brought down and up again in traffic.  CARD NET ADDRESS TIMES
toggle() {
  name=$(card "$1") || broken "there is no $1 card"
  load "$1" "$2" "$3"
  for time in $(seq "$4"); do
    ip link set "$name" down || broken "the card cannot be brought down"
    ip link set "$name" up || broken "the card cannot be brought up"
  done
  unload
}

# Linux's driver is taken off the card in traffic and put on again.  CARD NET ADDRESS
rebind() {
  name=$(card "$1") || broken "there is no $1 card"
  device=$(basename "$(readlink -f "/sys/class/net/$name/device")")
  driver=$(readlink -f "/sys/class/net/$name/device/driver")
  load "$1" "$2" "$3"
  echo "$device" > "$driver/unbind" || broken "unbind failed"
  unload
  echo "$device" > "$driver/bind" || broken "bind failed"
  card "$1" > /dev/null || broken "the card does not come back"
}

# The card is removed in traffic and found again.  CARD NET ADDRESS
remove() {
  name=$(card "$1") || broken "there is no $1 card"
  slot=/sys/bus/pci/devices/$(place "/sys/class/net/$name")
  load "$1" "$2" "$3"
  echo 1 > "$slot/remove" || broken "remove failed"
  unload
  [ ! -e "/sys/class/net/$name" ] || broken "the card is still there"
  echo 1 > /sys/bus/pci/rescan || broken "rescan failed"
  card "$1" > /dev/null || broken "the card does not come back"
}

# The card is pulled out by the host, at the mark, in traffic.  CARD NET ADDRESS
pulled() {
  name=$(card "$1") || broken "there is no $1 card"
  load "$1" "$2" "$3"
  echo "mark pull"
  tries=0
  while [ -e "/sys/class/net/$name" ]; do
    [ $tries -lt 200 ] || broken "the card is still there"
    usleep 50000
    tries=$((tries + 1))
  done
  unload
}

# The link is changed by the host, at the marks, in traffic.  CARD NET ADDRESS TIMES
flaps() {
  name=$(card "$1") || broken "there is no $1 card"
  load "$1" "$2" "$3"
  for time in $(seq "$4"); do
    echo "mark down"
    await_carrier "$name" 0
    echo "mark up"
    await_carrier "$name" 1
  done
  unload
}

# The link changes by itself until Linux has seen so many changes.  CARD TIMES
flutters() {
  name=$(card "$1") || broken "there is no $1 card"
  ip link set "$name" up
  ping -q -i 0 -I "$name" 10.77.8.2 > /dev/null 2>&1 &
  pids=$!
  tries=0
  while [ "$(cat "/sys/class/net/$name/carrier_changes")" -lt "$2" ]; do
    [ $tries -lt 4000 ] || broken "the link changed $(cat "/sys/class/net/$name/carrier_changes") times"
    usleep 5000
    tries=$((tries + 1))
  done
  unload
}
