package org.tenon.kit.testing.virtio;

import java.util.random.RandomGenerator;
import org.tenon.api.Stability;

/**
 * The driver's side of one virtqueue. Allocates nothing after its construction, so that it measures
 * a device and not itself. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract sealed class GuestRing permits SplitRing, PackedRing {
  /** The longest chain that goes through an indirect table. */
  public static final int INDIRECT_ENTRIES = 130;

  final GuestMemory memory;
  final RingOptions options;
  private final long indirectTables;
  private int usedLength;
  private boolean broken;

  GuestRing(GuestMemory memory, RingOptions options) {
    if (Integer.bitCount(options.size()) != 1 || options.size() > 32_768) {
      throw new IllegalArgumentException(
          "a ring has a power of two of descriptors up to 32768, not " + options.size());
    }
    this.memory = memory;
    this.options = options;
    this.indirectTables =
        options.indirect()
            ? memory.allocate((long) options.size() * INDIRECT_ENTRIES * Descriptor.BYTES, 16)
            : 0;
  }

  /** An empty ring in freshly allocated memory. */
  public static GuestRing create(GuestMemory memory, RingOptions options) {
    return options.packed() ? new PackedRing(memory, options) : new SplitRing(memory, options);
  }

  /** Its shape. */
  public RingOptions options() {
    return options;
  }

  /** Where the descriptors lie. */
  public abstract long descriptorArea();

  /** Where the driver speaks. */
  public abstract long driverArea();

  /** Where the device speaks. */
  public abstract long deviceArea();

  /** How many descriptors are free. */
  public abstract int free();

  /**
   * Puts a chain into the ring; the device sees it after {@link #publish()}.
   *
   * @return a number below the ring's size that comes back from {@link #poll()}; −1 if there is no
   *     room
   */
  public abstract int add(GuestChain chain);

  /**
   * Lets the device see what was added.
   *
   * @return whether the device wants to be notified of it
   */
  public abstract boolean publish();

  /**
   * Takes back a chain that the device has used.
   *
   * @return what {@link #add} answered for it; −1 if there is none
   * @throws VirtioViolation if the device used what it was not given
   */
  public abstract int poll();

  /** How many bytes the device says it wrote into the chain that {@link #poll()} answered last. */
  public final int usedLength() {
    return usedLength;
  }

  /**
   * Asks for an interrupt at the next used chain.
   *
   * @return false if a used chain is there already, so that none may come
   */
  public abstract boolean armInterrupt();

  /** Asks for no interrupts. */
  public abstract void disarmInterrupt();

  /** Puts a write to a disk with a defect into the ring; see the other method of that name. */
  public final long publishDefect(RingDefect defect) {
    return publishDefect(defect, RingDefect.Request.BLOCK_WRITE);
  }

  /**
   * Puts a chain with a defect into an empty ring and lets the device see it. A device may answer
   * it with an error, which {@link #poll()} then finds, or give up. The ring carries nothing else
   * afterwards.
   *
   * @param request what the chain would be without the defect
   * @return the guest-physical address of the chain's last byte: of a disk's request the one for
   *     the status, which holds {@link VirtioBlk#NOT_WRITTEN} until the device writes it
   */
  public final long publishDefect(RingDefect defect, RingDefect.Request request) {
    broken = true;
    long status = write(defect, request);
    publish();
    return status;
  }

  /**
   * Overwrites random bytes of what the driver owns of the ring, also what it has published. Small
   * values are likelier than others, because they come nearer to sense. For fuzzers: the device may
   * do anything afterwards that it may do to any request, or give up. The ring carries nothing else
   * afterwards.
   *
   * @param count how many bytes
   */
  public final void scribble(RandomGenerator random, int count) {
    broken = true;
    long descriptors = (long) options.size() * Descriptor.BYTES;
    for (int i = 0; i < count; i++) {
      long at = random.nextLong(descriptors + driverAreaBytes());
      long address = at < descriptors ? descriptorArea() + at : driverArea() + (at - descriptors);
      memory.put8(address, random.nextInt(1 << random.nextInt(9)));
    }
  }

  /** The length of the driver area. */
  abstract long driverAreaBytes();

  /** Writes a chain with a defect; answers where its status belongs. */
  abstract long write(RingDefect defect, RingDefect.Request request);

  /** Whether the ring holds a chain with a defect, which was never added. */
  final boolean isBroken() {
    return broken;
  }

  final void usedLength(int bytes) {
    usedLength = bytes;
  }

  /** Whether a chain goes through a table of its own. */
  final boolean goesIndirect(GuestChain chain) {
    return options.indirect() && chain.size() > 1 && chain.size() <= INDIRECT_ENTRIES;
  }

  final long indirectTable(int token) {
    return indirectTables + (long) token * INDIRECT_ENTRIES * Descriptor.BYTES;
  }

  /**
   * The rule of section 2.7.10: whether an index was passed on the way from {@code before} to
   * {@code now}.
   */
  static boolean passed(int event, int now, int before) {
    return ((now - event - 1) & 0xFFFF) < ((now - before) & 0xFFFF);
  }
}
