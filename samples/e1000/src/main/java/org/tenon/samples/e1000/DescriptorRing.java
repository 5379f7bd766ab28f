package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.BAH;
import static org.tenon.samples.e1000.Registers.HEAD;
import static org.tenon.samples.e1000.Registers.LEN;
import static org.tenon.samples.e1000.Registers.TAIL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.tenon.api.Status;
import org.tenon.spi.device.DeviceHost;

/**
 * A ring of descriptors of 16 bytes in guest memory, and the registers that say where it is: from
 * head to before tail they are the controller's (3.2.6, 3.4). A guest may have written anything
 * there. Descriptors are copied, one by one: they are as small as what a lease would cost to check.
 * For the device thread.
 */
final class DescriptorRing {
  static final int BYTES = 16;

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong ADDRESS =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final RegisterFile file;
  private final DeviceHost host;
  private final int base;
  private final MemorySegment descriptor = MemorySegment.ofArray(new byte[BYTES]);

  DescriptorRing(int base, RegisterFile file, DeviceHost host) {
    this.base = base;
    this.file = file;
    this.host = host;
  }

  /** How many descriptors the ring has. */
  int size() {
    return file.get(base + LEN) / BYTES;
  }

  /** How many of them are the controller's; none where head or tail lie outside the ring. */
  int available() {
    int size = size();
    int head = file.get(base + HEAD);
    int tail = file.get(base + TAIL);
    if (head >= size || tail >= size) {
      return 0;
    }
    return tail >= head ? tail - head : size - head + tail;
  }

  private long place() {
    long start = Integer.toUnsignedLong(file.get(base)) | (long) file.get(base + BAH) << 32;
    return start + (long) file.get(base + HEAD) * BYTES;
  }

  /** Copies the descriptor at the head; false where there is no RAM, or no leave. */
  boolean fetch() {
    return host.dmaRead(place(), descriptor, 0, BYTES) == Status.OK;
  }

  /** The address in the descriptor that was fetched. */
  long address() {
    return descriptor.get(ADDRESS, 0);
  }

  /** One of its four words of 32 bits. */
  int word(int index) {
    return descriptor.get(WORD, 4L * index);
  }

  void setWord(int index, int value) {
    descriptor.set(WORD, 4L * index, value);
  }

  /** Writes words of it back: the guest's again, as soon as the head has moved. */
  void writeBack(int word, int count) {
    var _ = host.dmaWrite(place() + 4L * word, descriptor, 4L * word, 4L * count);
  }

  /** Moves the head on. */
  void advance() {
    int next = file.get(base + HEAD) + 1;
    file.set(base + HEAD, next >= size() ? 0 : next);
  }
}
