package org.tenon.hv.platform;

import java.util.List;
import org.tenon.hv.bus.state.StateFormat;

/**
 * What the 8254 keeps.
 *
 * @param channels three
 * @param speaker the bits of port 61H that can be written
 */
@StateFormat(name = "pit-8254", version = 1)
public record PitState(List<Channel> channels, int speaker) {
  /** Checks the shape. */
  public PitState {
    channels = List.copyOf(channels);
    if (channels.size() != 3 || speaker >>> 4 != 0) {
      throw new IllegalArgumentException("an 8254 has three channels, port 61H four bits");
    }
  }

  /**
   * One channel.
   *
   * @param control the control word: access 5:4, mode 3:1, BCD 0
   * @param reload the count it starts from, 1 to 65536 (10000 in BCD)
   * @param start the tick at which counting began, or -1 before a count was written
   * @param gate the gate's level
   * @param writeLow the low byte of a count whose high byte is awaited, or -1
   * @param readHigh whether the next read returns the high byte
   * @param latch a latched count (with bit 16 set when only its high byte is left), or -1
   * @param status a latched status byte, or -1
   */
  public record Channel(
      int control,
      int reload,
      long start,
      boolean gate,
      int writeLow,
      boolean readHigh,
      int latch,
      int status) {
    /** Checks the ranges. */
    public Channel {
      if (control >>> 6 != 0
          || reload < 1
          || reload > 0x10000
          || start < -1
          || writeLow < -1
          || writeLow > 0xff
          || latch < -1
          || latch > 0x1ffff
          || status < -1
          || status > 0xff) {
        throw new IllegalArgumentException("no state of an 8254 channel");
      }
    }
  }
}
