package org.tenon.samples.nicloopback;

import org.tenon.spi.net.NicBatch;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicMemory;

/**
 * The buffers posted on one queue, in the order in which frames fill them. Its monitor keeps frames
 * of different senders apart, so that the parts of each follow one another. For any thread.
 */
final class BufferRing {
  private final int index;
  private final NicHost host;
  private final NicMemory buffers;
  private final boolean scatters;
  private final int[] tags;
  private int first;
  private int count;

  BufferRing(int index, int depth, boolean scatters, NicHost host) {
    this.index = index;
    this.host = host;
    this.buffers = host.buffers(index);
    this.scatters = scatters;
    this.tags = new int[depth];
  }

  synchronized int post(NicBatch batch) {
    int accepted = Math.min(batch.size(), tags.length - count);
    for (int i = 0; i < accepted; i++) {
      tags[(first + count) % tags.length] = batch.tag(i);
      count++;
    }
    return accepted;
  }

  /**
   * Has a frame arrive.
   *
   * @return false if there is no room for it; nothing has been written then
   */
  synchronized boolean fill(Frame frame, long offload) {
    int needed = buffersFor(frame.length());
    if (needed == 0) {
      return false;
    }
    int done = 0;
    for (int i = 1; i <= needed; i++) {
      int tag = removeFirst();
      int bytes = copy(frame, done, tag);
      done += bytes;
      host.received(index, tag, bytes, i < needed ? NicHost.MORE : 0, offload);
    }
    return true;
  }

  /** Gives every buffer back. Called by the control thread while the host posts nothing. */
  synchronized void returnAll() {
    while (count > 0) {
      host.returned(index, removeFirst());
    }
  }

  /** How many buffers from the front hold so many bytes; 0 if those that may be used do not. */
  private int buffersFor(int bytes) {
    int usable = scatters ? count : Math.min(count, 1);
    long room = 0;
    for (int i = 0; i < usable; i++) {
      int tag = tags[(first + i) % tags.length];
      for (int segment = 0; segment < buffers.segments(tag); segment++) {
        room += buffers.length(tag, segment);
      }
      if (room >= bytes) {
        return i + 1;
      }
    }
    return 0;
  }

  /** Fills a buffer from a place in the frame on, and says with how many bytes. */
  private int copy(Frame frame, int from, int tag) {
    int done = from;
    for (int i = 0; i < buffers.segments(tag) && done < frame.length(); i++) {
      int more = Math.min(buffers.length(tag, i), frame.length() - done);
      frame.copyTo(done, buffers.memory(tag, i), buffers.offset(tag, i), more);
      done += more;
    }
    return done - from;
  }

  private int removeFirst() {
    int tag = tags[first];
    first = (first + 1) % tags.length;
    count--;
    return tag;
  }
}
