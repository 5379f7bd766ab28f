package org.tenon.hv.attach;

import org.tenon.spi.block.BlockBatch;
import org.tenon.spi.net.NicBatch;

/** What a port offers at one time. A new one takes its place when the driver does not come back. */
final class TagBatch implements BlockBatch, NicBatch {
  final int[] tags;
  int size;

  TagBatch(int depth) {
    tags = new int[depth];
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int tag(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          "the batch has %d tags, none at %d".formatted(size, index));
    }
    return tags[index];
  }
}
