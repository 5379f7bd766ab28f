package org.tenon.hv.virtio.rng;

import java.lang.foreign.MemorySegment;
import org.tenon.hv.bus.Handoffs;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.virtio.BufferWriter;
import org.tenon.hv.virtio.DescriptorChain;
import org.tenon.hv.virtio.LoopDevice;
import org.tenon.hv.virtio.Virtqueue;

/**
 * The virtio entropy device (VIRTIO 1.2, 5.4): each buffer of its one queue comes back with random
 * bytes. A buffer gets at most {@link #MOST_BYTES}; the driver asks again for more (5.4.6.2).
 */
public final class RngDevice extends LoopDevice {
  /** The device type (5.4.1). */
  public static final int TYPE = 4;

  /** The most bytes that one buffer is given. */
  public static final int MOST_BYTES = 4096;

  private final Entropy entropy;
  private final DescriptorChain chain;
  private final BufferWriter writer = new BufferWriter();
  private final byte[] bytes = new byte[MOST_BYTES];
  private final MemorySegment segment = MemorySegment.ofArray(bytes);

  /**
   * A device after reset.
   *
   * @param entropy where the bytes come from
   * @param maxQueueSize of its queue: a power of two
   * @param handoffs see {@link LoopDevice}
   */
  public RngDevice(Entropy entropy, int maxQueueSize, Handoffs handoffs) {
    super(TYPE, 1, maxQueueSize, handoffs);
    this.entropy = entropy;
    chain = new DescriptorChain(maxQueueSize);
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  protected boolean serve(int queue, Virtqueue ring) {
    while (ring.pop(chain)) {
      writer.aim(chain);
      int count = (int) Math.min(writer.left(), MOST_BYTES);
      entropy.fill(bytes, count);
      writer.copy(segment, 0, count);
      ring.push(chain.id(), chain.slots(), count);
    }
    return true;
  }

  @Override
  public void save(StateWriter out) {
    out.put(new RngState(agreedFeatures(), entropy.position()));
  }

  @Override
  public void restore(StateReader in, GuestMemory memory) throws StateException {
    RngState state = in.take(RngState.class);
    restoreFeatures(state.features());
    entropy.position(state.position());
  }

  @Override
  public int configSize() {
    return 0;
  }

  @Override
  public int readConfig(int offset) {
    return 0;
  }

  @Override
  public void writeConfig(int offset, int value) {}
}
