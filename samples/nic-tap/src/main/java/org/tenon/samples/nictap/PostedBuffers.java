package org.tenon.samples.nictap;

import org.tenon.spi.net.NicBatch;

/**
 * The buffers posted on one queue, in the order in which frames fill them. The posting thread adds,
 * the receiver takes.
 */
final class PostedBuffers {
  private final int[] tags;
  private int first;
  private int count;

  PostedBuffers(int depth) {
    tags = new int[depth];
  }

  synchronized int add(NicBatch batch) {
    int accepted = Math.min(batch.size(), tags.length - count);
    for (int i = 0; i < accepted; i++) {
      tags[(first + count) % tags.length] = batch.tag(i);
      count++;
    }
    return accepted;
  }

  synchronized int count() {
    return count;
  }

  /** The tag of one of them, counted from the front. */
  synchronized int tag(int index) {
    return tags[(first + index) % tags.length];
  }

  /** Takes the first away; there is one. */
  synchronized int remove() {
    int tag = tags[first];
    first = (first + 1) % tags.length;
    count--;
    return tag;
  }
}
