package org.tenon.hv.virtio.vsock;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.Handoff;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.BufferReader;
import org.tenon.hv.virtio.BufferWriter;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.Virtqueue;
import org.tenon.hv.virtio.stream.HostStream;

/**
 * The virtio socket device (VIRTIO 1.2, 5.10), for streams. Everything that waits for a buffer of
 * the guest's is bounded: connections, what each holds on its way, and refusals, for which the
 * device stops to take packets until the guest has given it buffers (5.10.6.1).
 */
public final class VsockDevice extends LoopDevice {
  /** The device type (5.10.1). */
  public static final int TYPE = 19;

  /** The smallest context id of a guest; those below are reserved (5.10.4). */
  public static final long FIRST_CID = 3;

  /** The largest. */
  public static final long LAST_CID = 0xffff_fffeL;

  /** The most connections at a time; more are refused. */
  public static final int MOST_CONNECTIONS = 256;

  /** VIRTIO_VSOCK_F_STREAM. */
  private static final long STREAM = 1;

  /** VIRTIO_VSOCK_EVENT_TRANSPORT_RESET (5.10.6.7), and its bytes. */
  private static final int TRANSPORT_RESET = 0;

  private static final int EVENT_BYTES = 4;
  private static final int QUEUES = 3;
  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;
  private static final int CONFIG_BYTES = 8;
  private static final int MOST_REFUSALS = 64;

  /** Ports of the host's for those who connect to the guest: above those that programs choose. */
  private static final long FIRST_HOST_PORT = 1L << 30;

  private final long guestCid;
  private final VsockHost host;
  private final DescriptorChain chain;
  private final BufferReader reader = new BufferReader();
  private final BufferWriter writer = new BufferWriter();
  private final VsockHeader packet = new VsockHeader();
  private final VsockHeader answer = new VsockHeader();
  private final List<VsockConnection> connections = new ArrayList<>(MOST_CONNECTIONS);
  private final long[] refusedGuestPorts = new long[MOST_REFUSALS];
  private final long[] refusedHostPorts = new long[MOST_REFUSALS];
  private final int[] refusedTypes = new int[MOST_REFUSALS];
  private int refusals;
  private int turn;
  private long nextHostPort = FIRST_HOST_PORT;
  private boolean transportReset;

  /**
   * A device after reset.
   *
   * @param guestCid the guest's context id, {@link #FIRST_CID} to {@link #LAST_CID}
   * @param host the programs on the host
   * @param maxQueueSize of each queue: a power of two
   * @param handoffs see {@link LoopDevice}
   */
  public VsockDevice(long guestCid, VsockHost host, int maxQueueSize, Handoffs handoffs) {
    super(TYPE, QUEUES, maxQueueSize, handoffs);
    this.guestCid = guestCid;
    this.host = host;
    chain = new DescriptorChain(maxQueueSize);
    Handoff news = handoffs.handoff(this::lookAtHost);
    host.start(news::raise);
  }

  @Override
  public long features() {
    return STREAM;
  }

  private void lookAtHost() {
    if (!isStarted()) {
      return;
    }
    while (connections.size() < MOST_CONNECTIONS) {
      HostStream next = host.next();
      if (next == null) {
        break;
      }
      connections.add(VsockConnection.greeting(next, freeHostPort()));
    }
    for (int i = 0; i < connections.size(); i++) {
      connections.get(i).look();
    }
    schedule(RECEIVE);
  }

  private long freeHostPort() {
    long port = nextHostPort;
    nextHostPort = Math.max(FIRST_HOST_PORT, (port + 1) & 0x7fff_ffffL);
    return port;
  }

  @Override
  protected boolean serve(int queue, Virtqueue ring) {
    return switch (queue) {
      case RECEIVE -> send(ring);
      case TRANSMIT -> take(ring);
      default -> sayReset(ring);
    };
  }

  /** Sends what is due to the guest; true when buffers are missing. */
  private boolean send(Virtqueue ring) {
    forgetOver();
    while (true) {
      VsockConnection next = refusals > 0 ? null : nextConnection();
      if (refusals == 0 && next == null) {
        return false;
      }
      if (!ring.pop(chain)) {
        return true;
      }
      writer.aim(chain);
      if (writer.left() > VsockHeader.BYTES) {
        if (next == null) {
          refuse();
        } else {
          next.send(next.next(), guestCid, answer, writer);
          forgetOver();
        }
      }
      ring.push(chain.id(), chain.slots(), writer.written());
    }
  }

  private void forgetOver() {
    int size = connections.size();
    for (int i = size - 1; i >= 0; i--) {
      if (connections.get(i).isOver()) {
        connections.remove(i);
      }
    }
    if (size == MOST_CONNECTIONS && connections.size() < size) {
      schedule(RECEIVE);
    }
  }

  /** Each in its turn, so that none keeps the others from the guest. */
  private @Nullable VsockConnection nextConnection() {
    int size = connections.size();
    for (int i = 1; i <= size; i++) {
      int index = (turn + i) % size;
      if (connections.get(index).next() != 0) {
        turn = index;
        return connections.get(index);
      }
    }
    return null;
  }

  private void refuse() {
    refusals--;
    answer.sourceCid = VsockHeader.HOST_CID;
    answer.targetCid = guestCid;
    answer.sourcePort = refusedHostPorts[refusals];
    answer.targetPort = refusedGuestPorts[refusals];
    answer.length = 0;
    answer.type = refusedTypes[refusals];
    answer.operation = VsockOperation.RST;
    answer.flags = 0;
    answer.bufferBytes = 0;
    answer.forwarded = 0;
    answer.write(writer);
    schedule(TRANSMIT);
  }

  /** Takes the guest's packets; false while there are too many refusals to tell. */
  private boolean take(Virtqueue ring) {
    schedule(RECEIVE);
    while (refusals < MOST_REFUSALS) {
      if (!ring.pop(chain)) {
        return true;
      }
      reader.aim(chain);
      if (reader.left() >= VsockHeader.BYTES) {
        packet.read(reader);
        take();
      }
      ring.push(chain.id(), chain.slots(), 0);
    }
    return false;
  }

  /** A packet with a foreign address is dropped (5.10.6.4.2). */
  private void take() {
    if (packet.sourceCid != guestCid || packet.targetCid != VsockHeader.HOST_CID) {
      return;
    }
    VsockConnection known =
        packet.type == VsockHeader.STREAM ? find(packet.sourcePort, packet.targetPort) : null;
    boolean asks = packet.type == VsockHeader.STREAM && packet.operation == VsockOperation.REQUEST;
    if (known != null) {
      known.take(packet, reader);
    } else if (asks && connections.size() < MOST_CONNECTIONS) {
      connections.add(VsockConnection.calling(host.connect(packet.targetPort), packet));
    } else if (packet.operation != VsockOperation.RST) {
      refusedGuestPorts[refusals] = packet.sourcePort;
      refusedHostPorts[refusals] = packet.targetPort;
      refusedTypes[refusals] = packet.type;
      refusals++;
    }
  }

  private @Nullable VsockConnection find(long guestPort, long hostPort) {
    for (int i = 0; i < connections.size(); i++) {
      VsockConnection next = connections.get(i);
      if (next.is(guestPort, hostPort) && !next.isOver()) {
        return next;
      }
    }
    return null;
  }

  /** Tells a driver whose machine was restored that its connections are gone. */
  private boolean sayReset(Virtqueue ring) {
    if (!transportReset) {
      return false;
    }
    if (!ring.pop(chain)) {
      return true;
    }
    writer.aim(chain);
    if (writer.left() >= EVENT_BYTES) {
      writer.number(TRANSPORT_RESET, EVENT_BYTES);
      transportReset = false;
    }
    ring.push(chain.id(), chain.slots(), writer.written());
    return transportReset;
  }

  @Override
  protected void stopped() {
    connections.forEach(VsockConnection::drop);
    connections.clear();
    refusals = 0;
    transportReset = false;
  }

  /** How many connections there are. */
  public int connections() {
    return connections.size();
  }

  /** Connections end with the machine: sockets of the host's cannot be saved. */
  @Override
  public void save(StateWriter out) {
    out.put(new VsockState(agreedFeatures(), transportReset || !connections.isEmpty()));
  }

  @Override
  public void restore(StateReader in, GuestMemory memory) throws StateException {
    VsockState state = in.take(VsockState.class);
    restoreFeatures(state.features());
    transportReset = state.connected();
  }

  @Override
  public int configSize() {
    return CONFIG_BYTES;
  }

  @Override
  public int readConfig(int offset) {
    return (int) (guestCid >>> (8 * offset)) & 0xff;
  }

  @Override
  public void writeConfig(int offset, int value) {}
}
