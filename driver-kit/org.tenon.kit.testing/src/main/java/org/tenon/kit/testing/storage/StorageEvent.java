package org.tenon.kit.testing.storage;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;

/**
 * Something a driver did to its storage. It begins at a tick, before the storage sees it, and ends
 * at a later one, after the storage has answered; an event that fails never ends. Safe for use by
 * any thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public abstract sealed class StorageEvent {
  private final long begun;
  private final int file;
  private volatile long ended = Ticks.NEVER;

  private StorageEvent(long begun, int file) {
    this.begun = begun;
    this.file = file;
  }

  /** When it began. */
  public final long begun() {
    return begun;
  }

  /** When the storage had answered with success; {@link Ticks#NEVER} while it has not. */
  public final long ended() {
    return ended;
  }

  /** Which file, as numbered by the storage that was observed. */
  public final int file() {
    return file;
  }

  final void end(long tick) {
    ended = tick;
  }

  /** What it is, in words. */
  abstract String words();

  @Override
  public String toString() {
    return "#%d..%s file %d %s".formatted(begun, ended == Ticks.NEVER ? "" : ended, file, words());
  }

  /** Bytes that changed: a write, or a range made to read as zeroes. */
  public static final class Change extends StorageEvent {
    private final long offset;
    private final long length;
    private final byte @Nullable [] data;
    private final int channel;
    private final boolean durable;

    private Change(
        long begun,
        int file,
        long offset,
        long length,
        byte @Nullable [] data,
        int channel,
        boolean durable) {
      super(begun, file);
      this.offset = offset;
      this.length = length;
      this.data = data;
      this.channel = channel;
      this.durable = durable;
    }

    static Change write(
        long begun, int file, int channel, long offset, byte[] data, boolean durable) {
      return new Change(begun, file, offset, data.length, data, channel, durable);
    }

    static Change zeroes(
        long begun, int file, int channel, long offset, long length, boolean durable) {
      return new Change(begun, file, offset, length, null, channel, durable);
    }

    /** Where it starts, in bytes. */
    public long offset() {
      return offset;
    }

    /** How long it is, in bytes. */
    public long length() {
      return length;
    }

    /** The connection or channel that made it. */
    public int channel() {
      return channel;
    }

    /** Whether its end alone makes it durable: a synchronous channel, or the protocol's FUA. */
    public boolean durable() {
      return durable;
    }

    /** Whether it changes the byte there. */
    boolean covers(long at) {
      return at >= offset && at - offset < length;
    }

    /** What it puts at a place that it {@link #covers}. */
    byte byteAt(long at) {
      return data == null ? 0 : data[(int) (at - offset)];
    }

    /** Copies {@code count} bytes of it, from {@code from}, to a place in an image. */
    void copyTo(int from, byte[] image, int at, int count) {
      if (data == null) {
        Arrays.fill(image, at, at + count, (byte) 0);
      } else {
        System.arraycopy(data, from, image, at, count);
      }
    }

    @Override
    String words() {
      return "%s of %d bytes at %d%s"
          .formatted(
              data == null ? "zeroing" : "write", length, offset, durable ? ", durable" : "");
    }
  }

  /** A demand that earlier changes be durable. */
  public static final class Force extends StorageEvent {
    /** The channel of a force that covers every channel. */
    public static final int EVERY_CHANNEL = -1;

    private final int channel;

    Force(long begun, int file, int channel) {
      super(begun, file);
      this.channel = channel;
    }

    /** Whether it makes the change durable: that one had ended when this began. */
    public boolean covers(StorageEvent change) {
      boolean reaches =
          channel == EVERY_CHANNEL || (change instanceof Change c && c.channel() == channel);
      return reaches && change.file() == file() && change.ended() < begun();
    }

    @Override
    String words() {
      return "force" + (channel == EVERY_CHANNEL ? "" : " of channel " + channel);
    }
  }

  /** A new length. */
  public static final class Resize extends StorageEvent {
    private final long size;

    Resize(long begun, int file, long size) {
      super(begun, file);
      this.size = size;
    }

    /** The new length, in bytes. */
    public long size() {
      return size;
    }

    @Override
    String words() {
      return "resize to " + size;
    }
  }

  /**
   * A name that now stands for the file, or for none. Names change in order and at once: the
   * journal of the file system below is taken as given.
   */
  public static final class Name extends StorageEvent {
    /** The file of a name that was removed. */
    public static final int NO_FILE = -1;

    private final String name;

    Name(long begun, int file, String name) {
      super(begun, file);
      this.name = name;
    }

    /** The absolute path. */
    public String name() {
      return name;
    }

    @Override
    String words() {
      return "named " + name;
    }
  }
}
