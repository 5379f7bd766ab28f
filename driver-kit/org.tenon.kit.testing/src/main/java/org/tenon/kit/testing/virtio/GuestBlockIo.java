package org.tenon.kit.testing.virtio;

import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/** A request on its way through a virtio-blk device. For the thread of its queue. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestBlockIo {
  private final int queue;
  private final GuestBlockRequest request;
  private final GuestMemory memory;
  private final long buffer;
  private @Nullable GuestBlockResult result;

  GuestBlockIo(int queue, GuestBlockRequest request, GuestMemory memory) {
    this.queue = queue;
    this.request = request;
    this.memory = memory;
    this.buffer =
        memory.allocate(dataOffset() + request.out().length + (long) request.inBytes() + 1, 16);
    memory.put32(buffer, request.type());
    memory.put64(buffer + 8, request.sector());
    memory.write(buffer + dataOffset(), request.out());
    memory
        .slice(buffer + dataOffset() + request.out().length, request.inBytes() + 1L)
        .fill((byte) VirtioBlk.NOT_WRITTEN);
  }

  /** What was asked. */
  public GuestBlockRequest request() {
    return request;
  }

  /** On which queue. */
  public int queue() {
    return queue;
  }

  /** The answer; null before it was {@linkplain GuestBlockDriver#poll polled}. */
  public @Nullable GuestBlockResult result() {
    return result;
  }

  /** The buffers: header, data, status. */
  void describe(GuestChain chain) {
    chain.clear().readable(buffer, 16);
    long at = buffer + dataOffset();
    long firstIn = at + request.out().length;
    for (int length : request.pieceLengths()) {
      if (at < firstIn) {
        chain.readable(at, length);
      } else {
        chain.writable(at, length);
      }
      at += length;
    }
    chain.writable(at, 1);
  }

  /** Takes the answer out of guest memory, and gives the memory back. */
  void finish(int usedLength) {
    long in = buffer + dataOffset() + request.out().length;
    result =
        new GuestBlockResult(
            memory.get8(in + request.inBytes()), usedLength, memory.read(in, request.inBytes()));
    memory.free(buffer);
  }

  private static long dataOffset() {
    return 16;
  }
}
