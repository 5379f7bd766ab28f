package org.tenon.samples.e1000;

import static org.tenon.samples.e1000.Registers.ADDRESSES;
import static org.tenon.samples.e1000.Registers.AIFS;
import static org.tenon.samples.e1000.Registers.BAH;
import static org.tenon.samples.e1000.Registers.CTRL;
import static org.tenon.samples.e1000.Registers.CTRL_EXT;
import static org.tenon.samples.e1000.Registers.FCAH;
import static org.tenon.samples.e1000.Registers.FCAL;
import static org.tenon.samples.e1000.Registers.FCRTH;
import static org.tenon.samples.e1000.Registers.FCRTL;
import static org.tenon.samples.e1000.Registers.FCT;
import static org.tenon.samples.e1000.Registers.FCTTV;
import static org.tenon.samples.e1000.Registers.HEAD;
import static org.tenon.samples.e1000.Registers.ITR;
import static org.tenon.samples.e1000.Registers.LEDCTL;
import static org.tenon.samples.e1000.Registers.LEN;
import static org.tenon.samples.e1000.Registers.MANC;
import static org.tenon.samples.e1000.Registers.MTA;
import static org.tenon.samples.e1000.Registers.PBA;
import static org.tenon.samples.e1000.Registers.RADV;
import static org.tenon.samples.e1000.Registers.RAL;
import static org.tenon.samples.e1000.Registers.RCTL;
import static org.tenon.samples.e1000.Registers.RDBAL;
import static org.tenon.samples.e1000.Registers.RDTR;
import static org.tenon.samples.e1000.Registers.RSRPD;
import static org.tenon.samples.e1000.Registers.RXCSUM;
import static org.tenon.samples.e1000.Registers.RXDCTL;
import static org.tenon.samples.e1000.Registers.TABLE_WORDS;
import static org.tenon.samples.e1000.Registers.TADV;
import static org.tenon.samples.e1000.Registers.TAIL;
import static org.tenon.samples.e1000.Registers.TCTL;
import static org.tenon.samples.e1000.Registers.TDBAL;
import static org.tenon.samples.e1000.Registers.TIDV;
import static org.tenon.samples.e1000.Registers.TIPG;
import static org.tenon.samples.e1000.Registers.TSPMT;
import static org.tenon.samples.e1000.Registers.TXCW;
import static org.tenon.samples.e1000.Registers.TXDCTL;
import static org.tenon.samples.e1000.Registers.VET;
import static org.tenon.samples.e1000.Registers.VFTA;
import static org.tenon.samples.e1000.Registers.WUC;
import static org.tenon.samples.e1000.Registers.WUFC;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;

/**
 * What the registers hold, and which bits a guest can change by a plain write. A register that does
 * not exist reads zero. For the device thread.
 */
final class RegisterFile {
  /** No register lies beyond. */
  private static final int BYTES = 0x6000;

  private static final int ALL = 0xffffffff;
  private static final int[] WRITABLE = writable();

  private final int[] words = new int[BYTES / 4];

  private static int[] writable() {
    int[] table = new int[BYTES / 4];
    for (int offset :
        new int[] {
          CTRL_EXT,
          FCAL,
          FCTTV,
          TXCW,
          AIFS,
          LEDCTL,
          RXDCTL,
          TXDCTL,
          TSPMT,
          WUC,
          MANC,
          TDBAL + BAH,
          RDBAL + BAH
        }) {
      table[offset / 4] = ALL;
    }
    for (int i = 0; i < TABLE_WORDS; i++) {
      table[MTA / 4 + i] = ALL;
      table[VFTA / 4 + i] = ALL;
    }
    for (int i = 0; i < ADDRESSES; i++) {
      table[RAL / 4 + 2 * i] = ALL;
      table[RAL / 4 + 2 * i + 1] = 0x8003ffff;
    }
    for (int ring : new int[] {RDBAL, TDBAL}) {
      table[ring / 4] = 0xfffffff0;
      table[(ring + LEN) / 4] = 0x000fff80;
      table[(ring + HEAD) / 4] = 0xffff;
      table[(ring + TAIL) / 4] = 0xffff;
    }
    for (int offset : new int[] {FCAH, FCT, VET, ITR, RDTR, RADV, TIDV, TADV, WUFC}) {
      table[offset / 4] = 0xffff;
    }
    table[CTRL / 4] = 0x7bffffff;
    table[RCTL / 4] = 0x07ffffff;
    table[TCTL / 4] = 0x03fffffa;
    table[TIPG / 4] = 0x3fffffff;
    table[PBA / 4] = 0xffff;
    table[FCRTL / 4] = 0x8000fff8;
    table[FCRTH / 4] = 0xfff8;
    table[RSRPD / 4] = 0xfff;
    table[RXCSUM / 4] = 0x7ff;
    return table;
  }

  /** As after a reset (13.4, the initial values), without an address. */
  void reset() {
    Arrays.fill(words, 0);
    set(CTRL, 0x0241);
    set(VET, 0x8100);
    set(PBA, 0x30);
    set(LEDCTL, 0x07068302);
    set(TIPG, 0x00602008);
    set(TXDCTL, 0);
    set(RXDCTL, 0x01010000);
    set(RXCSUM, 0x300);
  }

  int get(int offset) {
    return words[offset / 4];
  }

  boolean has(int offset, int bits) {
    return (words[offset / 4] & bits) != 0;
  }

  void set(int offset, int value) {
    words[offset / 4] = value;
  }

  /** What the guest reads where nothing special happens. */
  int read(int offset) {
    return offset < BYTES ? words[offset / 4] : 0;
  }

  /** What the guest writes where nothing special happens. */
  void write(int offset, int value) {
    if (offset < BYTES) {
      words[offset / 4] = value & WRITABLE[offset / 4];
    }
  }

  void save(DataOutputStream out) throws IOException {
    out.writeShort(words.length);
    for (int word : words) {
      out.writeInt(word);
    }
  }

  void restore(DataInputStream in) throws IOException, DriverException {
    int count = in.readUnsignedShort();
    if (count != words.length) {
      throw new DriverException(
          Status.INVALID,
          "the e1000 state has %d registers; it should have %d".formatted(count, words.length));
    }
    for (int i = 0; i < count; i++) {
      words[i] = in.readInt();
    }
  }
}
