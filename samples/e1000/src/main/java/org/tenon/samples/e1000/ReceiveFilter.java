package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.ADDRESSES;
import static org.tenon.samples.e1000.Registers.MTA;
import static org.tenon.samples.e1000.Registers.RAL;
import static org.tenon.samples.e1000.Registers.RCTL;
import static org.tenon.samples.e1000.Registers.VET;
import static org.tenon.samples.e1000.Registers.VFTA;

/** Which frames are for this station (3.2.1, 13.5). For the device thread. */
final class ReceiveFilter {
  private static final int UNICAST_PROMISCUOUS = 1 << 3;
  private static final int MULTICAST_PROMISCUOUS = 1 << 4;
  private static final int MULTICAST_OFFSET = 12;
  private static final int ACCEPT_BROADCAST = 1 << 15;
  private static final int VLAN_FILTER = 1 << 18;
  private static final int CFI_FILTER = 1 << 19;
  private static final int CFI = 1 << 28;
  private static final int ADDRESS_VALID = 1 << 31;

  /** Which bit of an address the 12 bits of its multicast hash begin at, by RCTL.MO. */
  private static final int[] HASH_FROM = {4, 3, 2, 0};

  private final RegisterFile file;

  ReceiveFilter(RegisterFile file) {
    this.file = file;
  }

  static boolean isBroadcast(byte[] frame, int start) {
    return Checksum.get32(frame, start) == -1 && Checksum.get16(frame, start + 4) == 0xffff;
  }

  /** Whether a frame, which holds a header at least, is received. */
  boolean accepts(byte[] frame, int start) {
    return acceptsVlan(frame, start) && acceptsAddress(frame, start);
  }

  private boolean acceptsVlan(byte[] frame, int start) {
    int control = file.get(RCTL);
    if ((control & VLAN_FILTER) == 0 || Checksum.get16(frame, start + 12) != file.get(VET)) {
      return true;
    }
    int tag = Checksum.get16(frame, start + 14);
    boolean cfi = (tag & 1 << 12) != 0;
    if ((control & CFI_FILTER) != 0 && cfi != ((control & CFI) != 0)) {
      return false;
    }
    int vlan = tag & 0xfff;
    return (file.get(VFTA + (vlan >>> 5) * 4) >>> (vlan & 31) & 1) != 0;
  }

  private boolean acceptsAddress(byte[] frame, int start) {
    int control = file.get(RCTL);
    boolean group = (frame[start] & 1) != 0;
    if ((control & (group ? MULTICAST_PROMISCUOUS : UNICAST_PROMISCUOUS)) != 0) {
      return true;
    }
    if (isBroadcast(frame, start)) {
      return (control & ACCEPT_BROADCAST) != 0;
    }
    int low = Integer.reverseBytes(Checksum.get32(frame, start));
    int high = Integer.reverseBytes(Checksum.get16(frame, start + 4)) >>> 16;
    for (int i = 0; i < ADDRESSES; i++) {
      int upper = file.get(RAL + 8 * i + 4);
      if ((upper & ADDRESS_VALID) != 0
          && (upper & 0xffff) == high
          && file.get(RAL + 8 * i) == low) {
        return true;
      }
    }
    int hash = high >>> HASH_FROM[control >>> MULTICAST_OFFSET & 3] & 0xfff;
    return group && (file.get(MTA + (hash >>> 5) * 4) >>> (hash & 31) & 1) != 0;
  }
}
