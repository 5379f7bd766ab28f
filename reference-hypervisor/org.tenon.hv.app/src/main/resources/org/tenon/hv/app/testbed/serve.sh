# Does what the host types, a number and a line of shell at a time, and says how each ended. Started by /init.
# The kernel's own messages stay in its log, so that they break no line of the console.
stty -echo -onlcr
dmesg -n 1
export PATH=/tools:$PATH
echo "tenon-guest: ready"
while read -r number line; do
  (eval "$line") 2>&1 < /dev/null
  printf '\ntenon-guest: exit %d %d\n' "$number" $?
done
