package org.tenon.hv.attach;

import java.util.stream.IntStream;

/** A port's line for the driver, first come first. Used with the port's monitor held. */
final class StagedTags {
  private final int[] tags;
  private int head;
  private int size;

  StagedTags(int depth) {
    tags = new int[depth];
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int tag) {
    tags[slot(size)] = tag;
    size++;
  }

  void addFirst(int tag) {
    head = (head == 0 ? tags.length : head) - 1;
    tags[head] = tag;
    size++;
  }

  /** The tag at a place in the line, less than {@link #size}. */
  int get(int place) {
    return tags[slot(place)];
  }

  /** The first so many leave. */
  void drop(int count) {
    head = slot(count);
    size -= count;
  }

  private int slot(int place) {
    int slot = head + place;
    return slot >= tags.length ? slot - tags.length : slot;
  }

  IntStream stream() {
    return IntStream.range(0, size).map(this::get);
  }
}
