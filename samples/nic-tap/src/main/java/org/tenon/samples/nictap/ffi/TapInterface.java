package org.tenon.samples.nictap.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * An open TAP interface with its queues (Documentation/networking/tuntap.rst). Every frame has a
 * virtio-net header of {@link #HEADER_BYTES} in little endian before it. Calls are quick; for the
 * control thread, but for {@link #isUp()}.
 */
public final class TapInterface implements AutoCloseable {
  /** The header before each frame: struct virtio_net_hdr_mrg_rxbuf of linux/virtio_net.h. */
  public static final int HEADER_BYTES = 12;

  /** What may arrive unfinished: TUN_F_CSUM of linux/if_tun.h. */
  public static final int ARRIVES_UNFINISHED = 0x1;

  /** What may arrive joined: TUN_F_TSO4, TUN_F_TSO6 and TUN_F_TSO_ECN. */
  public static final int ARRIVES_JOINED = 0xe;

  /** The longest name. */
  public static final int NAME_LIMIT = 15;

  private static final String DEVICE = "/dev/net/tun";
  private static final long TUNSETIFF = 0x400454caL;
  private static final long TUNSETOFFLOAD = 0x400454d0L;
  private static final long TUNATTACHFILTER = 0x401054d5L;
  private static final long TUNDETACHFILTER = 0x401054d6L;
  private static final long TUNSETVNETHDRSZ = 0x400454d8L;
  private static final long TUNSETVNETLE = 0x400454dcL;
  private static final long SIOCGIFFLAGS = 0x8913;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCGIFMTU = 0x8921;
  private static final long SIOCETHTOOL = 0x8946;
  private static final int ETHTOOL_GLINK = 0x0a;
  private static final int IFF_TAP = 0x0002;
  private static final int IFF_NO_PI = 0x1000;
  private static final int IFF_VNET_HDR = 0x4000;
  private static final int IFF_MULTI_QUEUE = 0x0100;
  private static final int IFF_UP = 0x1;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;

  /** struct ifreq: a name, then a union. */
  private static final int REQUEST_BYTES = 40;

  private static final int UNION_AT = 16;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = LibC.newErrno(arena);
  private final MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
  private final MemorySegment linkValue = arena.allocate(Long.BYTES, Integer.BYTES);
  private final MemorySegment number = arena.allocate(Integer.BYTES, Integer.BYTES);
  private final List<Integer> queues = new ArrayList<>();
  private final LinkEvents linkEvents;
  private int control = -1;
  private String name;

  private TapInterface(String name) throws SystemCallException {
    this.name = name;
    try {
      linkEvents = new LinkEvents(arena);
    } catch (SystemCallException e) {
      arena.close();
      throw e;
    }
  }

  /** Whether this system has such interfaces and lets this bundle call them. */
  public static boolean isAvailable() {
    return LibC.isAvailable();
  }

  /**
   * Opens an interface in the calling thread's network namespace. One that is not there is made,
   * brought up, and goes when it is closed.
   *
   * @param name may hold {@code %d}, for a number that is free
   * @param mostQueues how many queues to have, from 1; one where the interface was made for one
   * @param arriving {@link #ARRIVES_UNFINISHED} and {@link #ARRIVES_JOINED}, or neither
   */
  public static TapInterface open(String name, int mostQueues, int arriving)
      throws SystemCallException {
    TapInterface made = new TapInterface(name);
    try {
      made.attach(mostQueues, arriving);
      return made;
    } catch (SystemCallException e) {
      made.close();
      throw e;
    }
  }

  private void attach(int mostQueues, int arriving) throws SystemCallException {
    control = check("socket", LibC.socket(errno, AF_INET, SOCK_DGRAM | LibC.O_CLOEXEC, 0));
    boolean isThere = LibC.ioctl(errno, control, SIOCGIFFLAGS, named().address()) >= 0;
    boolean severalQueues = openFirst();
    while (severalQueues && queues.size() < mostQueues) {
      check("TUNSETIFF", openQueue(IFF_MULTI_QUEUE));
    }
    for (int queue : queues) {
      set("TUNSETVNETHDRSZ", queue, TUNSETVNETHDRSZ, HEADER_BYTES);
      set("TUNSETVNETLE", queue, TUNSETVNETLE, 1);
    }
    check("TUNSETOFFLOAD", LibC.ioctl(errno, queues.get(0), TUNSETOFFLOAD, arriving));
    clearFilter();
    if (!isThere) {
      check("SIOCGIFFLAGS", LibC.ioctl(errno, control, SIOCGIFFLAGS, named().address()));
      int flags = request.get(ValueLayout.JAVA_SHORT, UNION_AT) | IFF_UP;
      request.set(ValueLayout.JAVA_SHORT, UNION_AT, (short) flags);
      check("SIOCSIFFLAGS", LibC.ioctl(errno, control, SIOCSIFFLAGS, request.address()));
    }
  }

  /** Opens the first queue, and says whether there may be more. */
  private boolean openFirst() throws SystemCallException {
    int result = openQueue(IFF_MULTI_QUEUE);
    boolean severalQueues = result != -LibC.EINVAL;
    if (!severalQueues) {
      result = openQueue(0);
    }
    check("TUNSETIFF", result);
    name = request.getString(0, StandardCharsets.UTF_8);
    return severalQueues;
  }

  private int openQueue(int flag) throws SystemCallException {
    int queue =
        check(
            "open " + DEVICE,
            LibC.open(errno, DEVICE, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC));
    int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | flag;
    MemorySegment wanted = named();
    wanted.set(ValueLayout.JAVA_SHORT, UNION_AT, (short) flags);
    int result = LibC.ioctl(errno, queue, TUNSETIFF, wanted.address());
    if (result < 0) {
      LibC.close(errno, queue);
    } else {
      queues.add(queue);
    }
    return result;
  }

  /** What the interface is called. */
  public String name() {
    return name;
  }

  /** How many queues there are. */
  public int queues() {
    return queues.size();
  }

  /** A way to move frames through a queue. Valid until this is closed. */
  public TapPort port(int queue) {
    return new TapPort(queues.get(queue), arena);
  }

  /** What tells that the link may have changed. Valid until this is closed. */
  public LinkEvents linkEvents() {
    return linkEvents;
  }

  /** The interface's MTU. */
  public int mtu() throws SystemCallException {
    check("SIOCGIFMTU", LibC.ioctl(errno, control, SIOCGIFMTU, named().address()));
    return request.get(ValueLayout.JAVA_INT, UNION_AT);
  }

  /**
   * Whether the interface is up and has its carrier. For the control thread until there are others,
   * then for the one that looks after the link.
   *
   * @throws SystemCallException if there is no such interface any more
   */
  public boolean isUp() throws SystemCallException {
    check("SIOCGIFFLAGS", LibC.ioctl(errno, control, SIOCGIFFLAGS, named().address()));
    boolean isUp = (request.get(ValueLayout.JAVA_SHORT, UNION_AT) & IFF_UP) != 0;
    linkValue.set(ValueLayout.JAVA_INT, 0, ETHTOOL_GLINK);
    request.set(ValueLayout.JAVA_LONG, UNION_AT, linkValue.address());
    check("SIOCETHTOOL", LibC.ioctl(errno, control, SIOCETHTOOL, request.address()));
    return isUp && linkValue.get(ValueLayout.JAVA_INT, Integer.BYTES) != 0;
  }

  /**
   * Has the kernel drop, before it reaches any queue, what a program does not accept.
   *
   * @param program instructions of classic BPF, 8 bytes each (bpf(4) of BSD; linux/filter.h)
   */
  public void setFilter(long[] program) throws SystemCallException {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment error = LibC.newErrno(call);
      MemorySegment code = call.allocateFrom(ValueLayout.JAVA_LONG, program);
      MemorySegment holder = call.allocate(16, Long.BYTES);
      holder.set(ValueLayout.JAVA_SHORT, 0, (short) program.length);
      holder.set(ValueLayout.JAVA_LONG, Long.BYTES, code.address());
      int result = LibC.ioctl(error, queues.get(0), TUNATTACHFILTER, holder.address());
      if (result < 0) {
        throw new SystemCallException("TUNATTACHFILTER", -result);
      }
    }
  }

  /** Has the kernel let everything through, also where an earlier owner left a filter behind. */
  public void clearFilter() {
    try (Arena call = Arena.ofConfined()) {
      LibC.ioctl(LibC.newErrno(call), queues.get(0), TUNDETACHFILTER, 0);
    }
  }

  /** Ends; nobody uses a port any more. */
  @Override
  public void close() {
    if (!queues.isEmpty()) {
      clearFilter();
    }
    queues.forEach(queue -> LibC.close(errno, queue));
    linkEvents.close();
    if (control >= 0) {
      LibC.close(errno, control);
    }
    arena.close();
  }

  private void set(String step, int handle, long call, int value) throws SystemCallException {
    number.set(ValueLayout.JAVA_INT, 0, value);
    check(step, LibC.ioctl(errno, handle, call, number.address()));
  }

  /** The request, for this interface and otherwise empty. */
  private MemorySegment named() {
    request.fill((byte) 0);
    request.setString(0, name, StandardCharsets.UTF_8);
    return request;
  }

  private static int check(String step, int result) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(step, -result);
    }
    return result;
  }
}
