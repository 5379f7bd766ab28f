package org.tenon.tck.vswitch.trial;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.tenon.api.Stability;
import org.tenon.kit.testing.SwitchHarness;
import org.tenon.kit.testing.SwitchVerdict;
import org.tenon.kit.testing.SwitchedFrame;
import org.tenon.spi.net.NicOffload;

/**
 * Frames of a few stations, with and without VLANs, mostly as networks have them and now and then
 * as nobody would send them, and what a switch could decide on them. The same generator gives the
 * same traffic. For one thread.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class Traffic {
  private static final int SHORTEST = 14;
  private static final int LONGEST = 65_557;
  private static final int STATIONS = 6;
  private static final int[] TYPES = {0x0800, 0x86dd, 0x0806, 0x88cc, 0x8100, 0x0000};

  private final RandomGenerator random;

  Traffic(RandomGenerator random) {
    this.random = random;
  }

  /** A frame and where it enters. */
  public record Entry(int port, SwitchedFrame frame, SortedSet<Integer> decided) {}

  /** One frame for a switch with these ports. */
  public Entry next(List<Integer> ports) {
    int from = ports.get(random.nextInt(ports.size()));
    SortedSet<Integer> decided = new TreeSet<>(ports);
    decided.remove(from);
    if (random.nextInt(3) > 0) {
      decided.removeIf(port -> random.nextInt(3) > 0);
    }
    return new Entry(from, frame(), decided);
  }

  /** Any frame. */
  public SwitchedFrame frame() {
    byte[] octets = new byte[length()];
    random.nextBytes(octets);
    if (random.nextInt(8) > 0) {
      station(octets, 0, random.nextInt(4) == 0);
      station(octets, 6, false);
      int type = TYPES[random.nextInt(TYPES.length)];
      octets[12] = (byte) (type >>> 8);
      octets[13] = (byte) type;
    }
    int vlan = random.nextBoolean() ? 0 : 1 + random.nextInt(4094);
    return new SwitchedFrame(octets, vlan, offload(octets.length));
  }

  private int length() {
    return switch (random.nextInt(8)) {
      case 0 -> SHORTEST + random.nextInt(8);
      case 1 -> LONGEST - random.nextInt(8);
      default -> 60 + random.nextInt(1455);
    };
  }

  private void station(byte[] octets, int at, boolean group) {
    for (int i = 0; i < 6; i++) {
      octets[at + i] = (byte) (group ? 0xff : 0);
    }
    if (!group) {
      octets[at] = 2;
      octets[at + 5] = (byte) random.nextInt(STATIONS);
    }
  }

  private long offload(int length) {
    if (length < 100 || random.nextInt(4) > 0) {
      return NicOffload.NONE;
    }
    long sum = NicOffload.checksum(34, 16);
    return random.nextBoolean()
        ? sum
        : NicOffload.cut(sum, NicOffload.TCP4, 1 + random.nextInt(1460), random.nextBoolean());
  }

  /** So many frames for a switch, one after the other, and what becomes of each. */
  public List<SwitchVerdict> pass(SwitchHarness lan, int frames) {
    List<Integer> ports = List.copyOf(lan.ports().keySet());
    List<SwitchVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      Entry entry = next(ports);
      verdicts.add(lan.forward(entry.port(), entry.frame(), entry.decided()));
    }
    return verdicts;
  }
}
