package org.tenon.kit.testing.virtio;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tenon.api.Stability;

/**
 * What a hostile or broken guest may put into a ring. Each is a virtio-blk write of one sector to
 * sector 0 with exactly one thing wrong, so that a device which overlooks it shows on the disk.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public enum RingDefect {
  /** A chain leads back to its own head; on a packed ring it never ends. */
  CHAIN_LOOPS("2.7.5.1"),
  /** A descriptor's next is outside the table. Split rings only. */
  NEXT_OUTSIDE_TABLE("2.7.5"),
  /** An available head is outside the table. Split rings only. */
  HEAD_OUTSIDE_TABLE("2.7.6"),
  /** The available index runs further ahead than the ring is long. Split rings only. */
  INDEX_RUNS_AHEAD("2.7.6"),
  /** A buffer lies past the end of memory. */
  BUFFER_OUTSIDE_MEMORY("2.7.5"),
  /** A buffer begins in memory and ends past it. */
  BUFFER_CROSSES_END("2.7.5"),
  /** A buffer's end overflows 64 bits. */
  BUFFER_WRAPS_AROUND("2.7.5"),
  /** A buffer is 4 GiB less a byte long. */
  BUFFER_ENDLESS("2.7.5"),
  /** A buffer that the device reads comes after one that it writes. */
  READ_AFTER_WRITE("2.7.4.2"),
  /** An indirect table whose length is no multiple of a descriptor. */
  INDIRECT_ODD_LENGTH("2.7.5.3"),
  /** An indirect table of no descriptors. */
  INDIRECT_EMPTY("2.7.5.3"),
  /** An indirect table outside memory. */
  INDIRECT_OUTSIDE_MEMORY("2.7.5.3"),
  /** An indirect descriptor that goes on as a chain. */
  INDIRECT_GOES_ON("2.7.5.3.1"),
  /** An indirect table within an indirect table. */
  INDIRECT_NESTED("2.7.5.3.1"),
  /** No room for the device's answer. */
  NO_STATUS("5.2.6"),
  /** A header shorter than a header. */
  SHORT_HEADER("5.2.6"),
  /** Data that is no whole sector. */
  PART_OF_A_SECTOR("5.2.6.1"),
  /** The device is to read what it should write, and to write what it should read. */
  WRONG_DIRECTION("5.1.6"),
  /** No buffer has a byte. */
  NO_BYTES("2.7.5");

  /** What data and frames consist of. */
  public static final int FILLER = 0xBD;

  private final String section;

  RingDefect(String section) {
    this.section = section;
  }

  /** The section of VIRTIO 1.2 that it breaks. */
  public String section() {
    return section;
  }

  /** Whether a ring of that shape can have it. */
  public boolean fits(RingOptions options) {
    return switch (this) {
      case NEXT_OUTSIDE_TABLE, HEAD_OUTSIDE_TABLE, INDEX_RUNS_AHEAD -> !options.packed();
      case INDIRECT_ODD_LENGTH,
          INDIRECT_EMPTY,
          INDIRECT_OUTSIDE_MEMORY,
          INDIRECT_GOES_ON,
          INDIRECT_NESTED ->
          options.indirect();
      default -> true;
    };
  }

  /** Whether a ring of that shape can have it in such a request. */
  public boolean fits(RingOptions options, Request request) {
    boolean kind =
        switch (this) {
          case NO_STATUS, PART_OF_A_SECTOR -> request == Request.BLOCK_WRITE;
          case WRONG_DIRECTION, NO_BYTES -> request != Request.BLOCK_WRITE;
          default -> true;
        };
    return kind && fits(options);
  }

  /** What is broken. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public enum Request {
    /** To virtio-blk: a header, a sector of data to write, a byte for the status. */
    BLOCK_WRITE,
    /** To virtio-net's transmitq: a header, and a frame of {@value #FILLER} bytes to send. */
    NET_TRANSMIT,
    /** To virtio-net's receiveq: a buffer for a frame. */
    NET_RECEIVE
  }

  private Plan breakRequest(Victim v) {
    return switch (this) {
      case CHAIN_LOOPS -> v.changed(1, v.data().withNext(0));
      case NEXT_OUTSIDE_TABLE -> v.changed(1, v.data().withNext(0xFFF0));
      case HEAD_OUTSIDE_TABLE -> v.chain().withHead(0xFFF0);
      case INDEX_RUNS_AHEAD -> v.chain().withSkip(v.ringSize() + 1);
      case BUFFER_OUTSIDE_MEMORY -> v.changed(1, v.data().withAddress(v.memoryEnd()));
      case BUFFER_CROSSES_END -> v.changed(1, v.data().withAddress(v.memoryEnd() - 16));
      case BUFFER_WRAPS_AROUND -> v.changed(1, v.data().withAddress(-16));
      case BUFFER_ENDLESS -> v.changed(1, v.data().withLength(-1));
      case READ_AFTER_WRITE ->
          v.changed(1, v.data().withFlags(Descriptor.WRITE | Descriptor.NEXT))
              .withLast(v.header().withFlags(0));
      case INDIRECT_ODD_LENGTH -> v.through(v.table().withLength(3 * Descriptor.BYTES - 5));
      case INDIRECT_EMPTY -> v.through(v.table().withLength(0));
      case INDIRECT_OUTSIDE_MEMORY -> v.through(v.table().withAddress(v.memoryEnd()));
      case INDIRECT_GOES_ON ->
          v.through(v.table().withFlags(Descriptor.INDIRECT | Descriptor.NEXT).withNext(1))
              .withLast(v.status());
      case INDIRECT_NESTED -> v.through(v.table()).withTable(List.of(v.table()));
      case NO_STATUS -> v.only(v.header(), v.data().withFlags(0));
      case SHORT_HEADER -> v.only(v.header().withLength(7), v.status());
      case PART_OF_A_SECTOR -> v.changed(1, v.data().withLength(511));
      case WRONG_DIRECTION -> v.only(v.header().turned(), v.data().turned(), v.status().turned());
      case NO_BYTES ->
          v.only(v.header().withLength(0), v.data().withLength(0), v.status().withLength(0));
    };
  }

  /** Writes it; answers where the status belongs. */
  long write(SplitRing ring, Request request) {
    Victim victim = new Victim(ring.memory, ring.options.size(), request);
    Plan broken = breakRequest(victim);
    for (int i = 0; i < broken.table.size(); i++) {
      Link link = broken.table.get(i);
      ring.describeAt(victim.tableAt(i), link.address, link.length, link.flags, link.next);
    }
    for (int i = 0; i < broken.direct.size(); i++) {
      Link link = broken.direct.get(i);
      ring.describe(i, link.address, link.length, link.flags, link.next);
    }
    ring.offer(broken.head);
    ring.skip(broken.skip);
    return victim.status().address;
  }

  /** Writes it; answers where the status belongs. */
  long write(PackedRing ring, Request request) {
    Victim victim = new Victim(ring.memory, ring.options.size(), request);
    Plan broken = breakRequest(victim);
    for (int i = 0; i < broken.table.size(); i++) {
      Link link = broken.table.get(i);
      ring.describeAt(
          victim.tableAt(i), link.address, link.length, 0, link.flags & ~Descriptor.NEXT);
    }
    List<Link> endless = Collections.nCopies(ring.options.size(), victim.header());
    for (Link link : this == CHAIN_LOOPS ? endless : broken.direct) {
      ring.put(link.address, link.length, 0, link.flags);
    }
    return victim.status().address;
  }

  /** One descriptor. */
  record Link(long address, int length, int flags, int next) {
    Link withAddress(long other) {
      return new Link(other, length, flags, next);
    }

    Link withLength(int other) {
      return new Link(address, other, flags, next);
    }

    Link withFlags(int other) {
      return new Link(address, length, other, next);
    }

    Link withNext(int other) {
      return new Link(address, length, flags, other);
    }

    Link turned() {
      return new Link(address, length, flags ^ Descriptor.WRITE, next);
    }
  }

  /**
   * What is written.
   *
   * @param direct into the ring, from descriptor 0
   * @param table into the victim's indirect table
   * @param head what is made available, on a split ring
   * @param skip how far the available index moves on beyond that, on a split ring
   */
  record Plan(List<Link> direct, List<Link> table, int head, int skip) {
    Plan withHead(int other) {
      return new Plan(direct, table, other, skip);
    }

    Plan withSkip(int entries) {
      return new Plan(direct, table, head, entries);
    }

    Plan withTable(List<Link> other) {
      return new Plan(direct, other, head, skip);
    }

    Plan withLast(Link link) {
      List<Link> longer = new ArrayList<>(direct);
      longer.set(longer.size() - 1, longer.getLast().withNext(longer.size()));
      Link last = longer.removeLast();
      longer.add(last.withFlags(last.flags | Descriptor.NEXT));
      longer.add(link);
      return new Plan(longer, table, head, skip);
    }
  }

  /** The request that is broken: a header, a sector of data, a status or a frame's last byte. */
  static final class Victim {
    private static final int SECTOR = 512;
    private static final int WRITE_REQUEST = 1;

    private final GuestMemory memory;
    private final int ringSize;
    private final long page;
    private final int headerBytes;

    /** Which way header and data go. */
    private final int data;

    /** Which way the last byte goes. */
    private final int last;

    Victim(GuestMemory memory, int ringSize, Request request) {
      this.memory = memory;
      this.ringSize = ringSize;
      headerBytes = request == Request.BLOCK_WRITE ? 16 : VirtioNet.HEADER_BYTES;
      data = request == Request.NET_RECEIVE ? Descriptor.WRITE : 0;
      last = request == Request.NET_TRANSMIT ? 0 : Descriptor.WRITE;
      page = memory.allocate(4096, 4096);
      memory.slice(page + SECTOR, SECTOR + 1).fill((byte) FILLER);
      if (request == Request.BLOCK_WRITE) {
        memory.put32(page, WRITE_REQUEST);
        memory.put8(page + 2 * SECTOR, VirtioBlk.NOT_WRITTEN);
      }
    }

    int ringSize() {
      return ringSize;
    }

    long memoryEnd() {
      return memory.end();
    }

    Link header() {
      return new Link(page, headerBytes, data | Descriptor.NEXT, 1);
    }

    Link data() {
      return new Link(page + SECTOR, SECTOR, data | Descriptor.NEXT, 2);
    }

    Link status() {
      return new Link(page + 2 * SECTOR, 1, last, 0);
    }

    Link table() {
      return new Link(tableAt(0), 3 * Descriptor.BYTES, Descriptor.INDIRECT, 0);
    }

    long tableAt(int index) {
      return page + 4 * SECTOR + (long) index * Descriptor.BYTES;
    }

    Plan chain() {
      return only(header(), data(), status());
    }

    Plan only(Link... links) {
      return new Plan(List.of(links), List.of(), 0, 0);
    }

    Plan changed(int index, Link link) {
      List<Link> links = new ArrayList<>(chain().direct);
      links.set(index, link);
      return new Plan(links, List.of(), 0, 0);
    }

    /** The chain through its indirect table. */
    Plan through(Link indirect) {
      return new Plan(List.of(indirect), chain().direct, 0, 0);
    }
  }
}
