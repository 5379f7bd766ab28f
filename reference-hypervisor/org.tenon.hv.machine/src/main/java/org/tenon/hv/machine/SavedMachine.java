package org.tenon.hv.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.hv.memory.MemoryRegion;

/**
 * A saved machine as a file, made to be read fast: RAM lies in it as it is, but for pages that are
 * all zero.
 *
 * <pre>
 * TENONSAV             8 bytes
 * head length          u32, big-endian like every number here
 * head CRC-32C         u32
 * head                 state length (u32), state records, then the runs of RAM: count (u32), each
 *                      with its guest-physical address (u64), length (u64) and CRC-32C (u32)
 * zeros                up to a multiple of 4,096
 * RAM                  the runs, one after the other
 * </pre>
 */
public final class SavedMachine implements AutoCloseable {
  private static final byte[] MAGIC = "TENONSAV".getBytes(StandardCharsets.US_ASCII);
  private static final int PREFIX = MAGIC.length + 8;
  private static final int PAGE = 4096;
  private static final int LARGEST_HEAD = 1 << 26;
  private static final int RUN_SIZE = 20;
  private static final long LONGEST_RUN = 1 << 24;

  private final FileChannel file;
  private final MachineState state;
  private final StateReader devices;
  private final List<Run> runs;
  private long position;

  /** Pages of RAM without a gap. */
  private record Run(long address, long length, int checksum) {
    Run {
      if (((address | length) & (PAGE - 1)) != 0 || length <= 0 || length > LONGEST_RUN) {
        throw new IllegalArgumentException(
            "no run of pages: %d bytes at %#x".formatted(length, address));
      }
    }
  }

  private SavedMachine(FileChannel file, ByteBuffer head) throws StateException {
    this.file = file;
    StateReader records = new StateReader(slice(head, head.getInt()));
    state = records.take(MachineState.class);
    devices = records;
    runs = readRuns(head);
    position = pageAfter(PREFIX + (long) head.limit());
  }

  /** Writes the file; what stood there before stays until the new one is whole. */
  static void write(StateWriter state, GuestMemory memory, Path target) throws IOException {
    Path parent = target.toAbsolutePath().getParent();
    Path fresh = Files.createTempFile(parent, "saving-", ".tmp");
    try {
      try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        List<Run> runs = findRuns(memory);
        ByteBuffer head = head(state.toBytes(), runs);
        writeFully(out, head);
        for (Run run : runs) {
          writeFully(out, bytes(memory, run));
        }
      }
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static ByteBuffer head(byte[] state, List<Run> runs) {
    int length = 4 + state.length + 4 + runs.size() * RUN_SIZE;
    ByteBuffer head = ByteBuffer.allocate((int) pageAfter(PREFIX + (long) length));
    head.position(PREFIX).putInt(state.length).put(state).putInt(runs.size());
    for (Run run : runs) {
      head.putLong(run.address()).putLong(run.length()).putInt(run.checksum());
    }
    int checksum = checksum(head.slice(PREFIX, length));
    return head.rewind().put(MAGIC).putInt(length).putInt(checksum).rewind();
  }

  private static List<Run> findRuns(GuestMemory memory) {
    List<Run> runs = new ArrayList<>();
    for (MemoryRegion region : memory.regions()) {
      long start = 0;
      while (start < region.size()) {
        long end = start;
        long limit = Math.min(region.size(), start + LONGEST_RUN);
        while (end < limit && !isZero(region.segment(), end)) {
          end += PAGE;
        }
        if (end > start) {
          ByteBuffer bytes = region.segment().asSlice(start, end - start).asByteBuffer();
          runs.add(new Run(region.base() + start, end - start, checksum(bytes)));
        }
        start = end == limit ? end : end + PAGE;
      }
    }
    return runs;
  }

  private static boolean isZero(MemorySegment ram, long page) {
    for (long at = page; at < page + PAGE; at += 8) {
      if (ram.get(ValueLayout.JAVA_LONG_UNALIGNED, at) != 0) {
        return false;
      }
    }
    return true;
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  /** The guest's own memory, not a copy of it. */
  private static ByteBuffer bytes(GuestMemory memory, Run run) {
    MemoryRegion region = memory.find(run.address(), run.length());
    if (region == null) {
      throw new IllegalArgumentException(
          "pages at %#x, where the machine has no RAM".formatted(run.address()));
    }
    return region.segment().asSlice(region.offset(run.address()), run.length()).asByteBuffer();
  }

  private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  private static long pageAfter(long position) {
    return (position + PAGE - 1) & -PAGE;
  }

  /**
   * Opens a saved machine and reads all but its RAM, which follows when a {@link Machine} is made
   * of it.
   *
   * @throws StateException when the file holds no machine of this version
   */
  public static SavedMachine open(Path path) throws IOException, StateException {
    FileChannel file = FileChannel.open(path);
    try {
      return new SavedMachine(file, readHead(file));
    } catch (IOException | StateException e) {
      file.close();
      throw e;
    }
  }

  private static ByteBuffer readHead(FileChannel file) throws IOException, StateException {
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX);
    byte[] magic = new byte[MAGIC.length];
    boolean whole = readFully(file, prefix, 0);
    prefix.rewind().get(magic);
    if (!whole || !Arrays.equals(magic, MAGIC)) {
      throw new StateException("this is no saved machine");
    }
    int length = prefix.getInt();
    if (length < 0 || length > LARGEST_HEAD) {
      throw new StateException("the saved machine is damaged: a head of " + length + " bytes");
    }
    ByteBuffer head = ByteBuffer.allocate(length);
    if (!readFully(file, head, PREFIX)) {
      throw new StateException("the saved machine is truncated");
    }
    if (checksum(head.duplicate()) != prefix.getInt()) {
      throw new StateException("the saved machine is damaged: its head has another checksum");
    }
    return head;
  }

  /** Fills the buffer from the file's position on, and rewinds it; false where the file ends. */
  private static boolean readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int count = file.read(into, from);
      if (count < 0) {
        return false;
      }
      from += count;
    }
    into.rewind();
    return true;
  }

  private static ByteBuffer slice(ByteBuffer head, int length) throws StateException {
    if (length < 0 || length > head.remaining()) {
      throw new StateException("the saved machine is damaged: a state of " + length + " bytes");
    }
    ByteBuffer part = head.slice(head.position(), length);
    head.position(head.position() + length);
    return part;
  }

  private static List<Run> readRuns(ByteBuffer head) throws StateException {
    int count = head.remaining() < 4 ? -1 : head.getInt();
    if (count < 0 || head.remaining() != (long) count * RUN_SIZE) {
      throw new StateException("the saved machine is damaged: " + count + " runs of pages");
    }
    List<Run> runs = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        runs.add(new Run(head.getLong(), head.getLong(), head.getInt()));
      }
    } catch (IllegalArgumentException e) {
      throw new StateException("the saved machine is damaged: " + e.getMessage(), e);
    }
    return runs;
  }

  /** Which machine it is. */
  public MachineState state() {
    return state;
  }

  /** The states of devices and processors, in the order in which the machine has put them. */
  StateReader devices() {
    return devices;
  }

  /** Fills RAM that is zero. */
  void readMemory(GuestMemory memory) throws IOException, StateException {
    for (Run run : runs) {
      ByteBuffer bytes = bytes(memory, run);
      if (!readFully(file, bytes, position)) {
        throw new StateException("the saved machine is truncated");
      }
      if (checksum(bytes) != run.checksum()) {
        throw new StateException(
            "the saved machine is damaged: the pages at %#x have another checksum"
                .formatted(run.address()));
      }
      position += run.length();
    }
    if (position != file.size()) {
      throw new StateException("bytes are left over behind the last page");
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
