package org.tenon.hv.virtio.console;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
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
import org.tenon.hv.virtio.Feature;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.Virtqueue;

/**
 * The virtio console device (VIRTIO 1.2, 5.3): a console at port 0, if there is one, and named
 * ports from 1 on. What the guest writes stays in its buffer until the host's end has room; what
 * comes from the host waits until the guest has opened the port.
 */
public final class ConsoleDevice extends LoopDevice {
  /** The device type (5.3.1). */
  public static final int TYPE = 3;

  /** The most named ports. */
  public static final int MOST_PORTS = 30;

  /** What each direction of a port can hold. */
  static final int RING_BYTES = 1 << 16;

  private static final int CONTROL_RECEIVE = 2;
  private static final int CONTROL_TRANSMIT = 3;

  private final int maxPorts;
  private final @Nullable ConsolePort console;
  private final List<ConsolePort> ports = new ArrayList<>();
  private final DescriptorChain chain;
  private final BufferWriter writer = new BufferWriter();
  private final BufferReader reader = new BufferReader();

  /**
   * A device after reset.
   *
   * @param consoleEnd the host's end of port 0, or null for a device without a console
   * @param named the host's ends of ports 1 to {@link #MOST_PORTS}, by name
   * @param maxQueueSize of each queue: a power of two
   * @param handoffs see {@link LoopDevice}
   */
  public ConsoleDevice(
      @Nullable PortEnd consoleEnd,
      SequencedMap<String, PortEnd> named,
      int maxQueueSize,
      Handoffs handoffs) {
    super(TYPE, 2 * (named.size() + 1) + 2, maxQueueSize, handoffs);
    if (named.size() > MOST_PORTS) {
      throw new IllegalArgumentException(
          "a console device has at most %d ports, not %d".formatted(MOST_PORTS, named.size()));
    }
    maxPorts = named.size() + 1;
    chain = new DescriptorChain(maxQueueSize);
    console = consoleEnd == null ? null : new ConsolePort(0, null, consoleEnd, maxQueueSize);
    if (console != null) {
      ports.add(console);
    }
    int id = 1;
    for (Map.Entry<String, PortEnd> port : named.entrySet()) {
      byte[] name = port.getKey().getBytes(StandardCharsets.UTF_8);
      ports.add(new ConsolePort(id++, name, port.getValue(), maxQueueSize));
    }
    Handoff news = handoffs.handoff(this::lookAtHost);
    ports.forEach(port -> port.end().start(news::raise));
  }

  @Override
  public long features() {
    return ConsoleFeature.MULTIPORT | (console == null ? 0 : ConsoleFeature.EMERG_WRITE);
  }

  private boolean isMultiport() {
    return Feature.has(agreedFeatures(), ConsoleFeature.MULTIPORT);
  }

  @Override
  protected void started() {
    if (!isMultiport() && console != null) {
      console.startAlone();
    }
  }

  @Override
  protected void stopped() {
    ports.forEach(ConsolePort::reset);
  }

  @Override
  protected void stopped(int queue) {
    ConsolePort port =
        queue == CONTROL_RECEIVE || queue == CONTROL_TRANSMIT ? null : port(portOf(queue));
    if (port != null && queue != receiveQueue(port.id())) {
      port.forgetHeld();
    }
  }

  /** Notices what has changed at the host's ends. */
  void lookAtHost() {
    for (int i = 0; i < ports.size(); i++) {
      ConsolePort port = ports.get(i);
      schedule(receiveQueue(port.id()));
      schedule(receiveQueue(port.id()) + 1);
      look(port);
    }
  }

  private void look(ConsolePort port) {
    if (port.look()) {
      schedule(CONTROL_RECEIVE);
    }
  }

  private static int receiveQueue(int port) {
    return port == 0 ? 0 : 2 * port + 2;
  }

  private static int portOf(int queue) {
    return queue < CONTROL_RECEIVE ? 0 : (queue - 2) / 2;
  }

  private @Nullable ConsolePort port(long id) {
    long index = console == null ? id - 1 : id;
    return index >= 0 && index < ports.size() ? ports.get((int) index) : null;
  }

  @Override
  protected boolean serve(int queue, Virtqueue ring) {
    if (queue == CONTROL_RECEIVE) {
      return tell(ring);
    }
    if (queue == CONTROL_TRANSMIT) {
      return listen(ring);
    }
    ConsolePort port = port(portOf(queue));
    if (port == null) {
      return false;
    }
    if (queue != receiveQueue(port.id())) {
      return port.transmit(ring);
    }
    boolean missing = port.receive(ring, chain, writer);
    look(port);
    return missing;
  }

  /** Tells the driver what is due; true when buffers are missing. */
  private boolean tell(Virtqueue ring) {
    for (int i = 0; i < ports.size(); i++) {
      ConsolePort port = ports.get(i);
      for (int event = port.nextEvent(); event >= 0; event = port.nextEvent()) {
        if (!ring.pop(chain)) {
          return true;
        }
        writer.aim(chain);
        port.tell(event, writer);
        ring.push(chain.id(), chain.slots(), writer.written());
      }
    }
    return false;
  }

  /** Takes what the driver says. */
  private boolean listen(Virtqueue ring) {
    while (ring.pop(chain)) {
      reader.aim(chain);
      if (reader.left() >= ControlEvent.BYTES) {
        long id = reader.number(4);
        int event = (int) reader.number(2);
        heard(port(id), event, reader.number(2) != 0);
      }
      ring.push(chain.id(), chain.slots(), 0);
    }
    schedule(CONTROL_RECEIVE);
    return true;
  }

  private void heard(@Nullable ConsolePort port, int event, boolean value) {
    if (event == ControlEvent.DEVICE_READY && value) {
      ports.forEach(ConsolePort::announce);
    }
    if (port == null) {
      return;
    }
    if (event == ControlEvent.PORT_READY && value) {
      port.guestReady();
    } else if (event == ControlEvent.PORT_OPEN) {
      port.guestOpen(value);
    }
    schedule(receiveQueue(port.id()));
    look(port);
  }

  @Override
  protected int inFlight(int queue) {
    ConsolePort port =
        queue == CONTROL_RECEIVE || queue == CONTROL_TRANSMIT ? null : port(portOf(queue));
    return port == null || queue == receiveQueue(port.id()) ? 0 : port.heldSlots();
  }

  /** Connections end with the machine: sockets of the host's cannot be saved. */
  @Override
  public void save(StateWriter out) {
    out.put(new ConsoleState(agreedFeatures(), ports.stream().map(ConsolePort::state).toList()));
  }

  @Override
  public void restore(StateReader in, GuestMemory memory) throws StateException {
    ConsoleState state = in.take(ConsoleState.class);
    restoreFeatures(state.features());
    if (state.ports().size() != ports.size()) {
      throw new StateException(
          "the saved device has %d ports, this one %d"
              .formatted(state.ports().size(), ports.size()));
    }
    for (int i = 0; i < ports.size(); i++) {
      ports.get(i).restore(state.ports().get(i));
    }
  }

  @Override
  public int configSize() {
    return ConsoleRegisters.SIZE;
  }

  @Override
  public int readConfig(int offset) {
    return ConsoleRegisters.read(offset, maxPorts);
  }

  @Override
  public void writeConfig(int offset, int value) {
    if (offset == ConsoleRegisters.EMERG_WR && console != null) {
      console.emergency((byte) value);
    }
  }

  /** Ends the host's ends of all ports. */
  public void close() {
    ports.forEach(port -> port.end().close());
  }
}
