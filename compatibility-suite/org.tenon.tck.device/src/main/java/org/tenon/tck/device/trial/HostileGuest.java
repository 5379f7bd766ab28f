package org.tenon.tck.device.trial;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.tenon.api.Stability;
import org.tenon.kit.testing.DeviceHarness;
import org.tenon.kit.testing.GuestRam;
import org.tenon.spi.device.PciBar;

/**
 * A guest that knows nothing of a function's registers: it writes what may mean an address, a
 * length, a bit or nothing at all, mostly where registers are likely, and lets time pass. The same
 * generator gives the same guest. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class HostileGuest {
  /** The most registers of one BAR that a sweep reads. */
  private static final int SWEEP = 2048;

  private final DeviceHarness device;
  private final RandomGenerator random;

  HostileGuest(DeviceHarness device, RandomGenerator random) {
    this.device = device;
    this.random = random;
  }

  /** A register of one of the BARs, likely a low one. */
  public static int offset(RandomGenerator random, PciBar bar) {
    int width = Math.max(1, bar.registerBytes());
    long registers = bar.size() / width;
    long reach = random.nextInt(8) == 0 ? registers : Math.min(registers, 16);
    return (int) (random.nextLong(reach) * width);
  }

  /** What may mean something: an address of RAM, a small number, a bit, an edge, or noise. */
  public static long value(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> GuestRam.BASE + random.nextLong(GuestRam.END - GuestRam.BASE);
      case 3, 4 -> random.nextInt(64);
      case 5 -> 1L << random.nextInt(64);
      case 6 -> random.nextBoolean() ? 0 : -1;
      default -> random.nextLong();
    };
  }

  /** An access size that the BAR's registers have. */
  public static int size(RandomGenerator random, PciBar bar) {
    return bar.registerBytes() == 0 ? 1 << random.nextInt(3) : bar.registerBytes();
  }

  /** Accesses the function at random, with bus mastering as it is; answers what was read. */
  public List<Long> poke(int times) {
    List<Long> answers = new ArrayList<>();
    List<PciBar> bars = device.function().bars();
    for (int i = 0; i < times && !bars.isEmpty(); i++) {
      PciBar bar = bars.get(random.nextInt(bars.size()));
      int size = size(random, bar);
      int offset = Math.min(offset(random, bar), (int) bar.size() - size);
      if (random.nextInt(4) == 0) {
        answers.add(device.read(bar.index(), offset, size));
      } else {
        device.write(bar.index(), offset, size, value(random) & mask(size));
      }
      if (random.nextInt(16) == 0) {
        device.advance(Duration.ofNanos(random.nextLong(10_000_000_000L)));
      }
    }
    return answers;
  }

  private static long mask(int size) {
    return size == 8 ? -1 : (1L << 8 * size) - 1;
  }

  /**
   * Every register, or the first of each BAR where there are many, in order of address; twice, so
   * that what reading changes has changed, and the second answers.
   */
  public List<Long> sweep() {
    pass();
    return pass();
  }

  private List<Long> pass() {
    List<Long> answers = new ArrayList<>();
    for (PciBar bar : device.function().bars()) {
      int width = bar.registerBytes() == 0 ? 4 : bar.registerBytes();
      for (long at = 0; at + width <= Math.min(bar.size(), (long) SWEEP * width); at += width) {
        answers.add(device.read(bar.index(), (int) at, width));
      }
    }
    return answers;
  }
}
