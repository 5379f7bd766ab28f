package org.tenon.samples.e1000;

/**
 * Where the registers are, in bytes from the start of BAR 0 (PCI/PCI-X family of gigabit Ethernet
 * controllers, software developer's manual, 13.2). Bits stand in the classes that they concern.
 */
final class Registers {
  static final int CTRL = 0x0000;
  static final int STATUS = 0x0008;
  static final int EECD = 0x0010;
  static final int EERD = 0x0014;
  static final int CTRL_EXT = 0x0018;
  static final int MDIC = 0x0020;
  static final int FCAL = 0x0028;
  static final int FCAH = 0x002c;
  static final int FCT = 0x0030;
  static final int VET = 0x0038;
  static final int ICR = 0x00c0;
  static final int ITR = 0x00c4;
  static final int ICS = 0x00c8;
  static final int IMS = 0x00d0;
  static final int IMC = 0x00d8;
  static final int RCTL = 0x0100;
  static final int FCTTV = 0x0170;
  static final int TXCW = 0x0178;
  static final int TCTL = 0x0400;
  static final int TIPG = 0x0410;
  static final int AIFS = 0x0458;
  static final int LEDCTL = 0x0e00;
  static final int PBA = 0x1000;
  static final int FCRTL = 0x2160;
  static final int FCRTH = 0x2168;
  static final int RDBAL = 0x2800;
  static final int RDTR = 0x2820;
  static final int RXDCTL = 0x2828;
  static final int RADV = 0x282c;
  static final int RSRPD = 0x2c00;
  static final int TDBAL = 0x3800;
  static final int TIDV = 0x3820;
  static final int TXDCTL = 0x3828;
  static final int TADV = 0x382c;
  static final int TSPMT = 0x3830;
  static final int STATISTICS = 0x4000;
  static final int STATISTICS_END = 0x4100;
  static final int RXCSUM = 0x5000;
  static final int MTA = 0x5200;
  static final int RAL = 0x5400;
  static final int VFTA = 0x5600;
  static final int WUC = 0x5800;
  static final int WUFC = 0x5808;
  static final int MANC = 0x5820;

  /** From a ring's base address register: its high half, and length, head and tail. */
  static final int BAH = 0x04;

  static final int LEN = 0x08;
  static final int HEAD = 0x10;
  static final int TAIL = 0x18;
  static final int RDH = RDBAL + HEAD;
  static final int RDT = RDBAL + TAIL;
  static final int TDH = TDBAL + HEAD;
  static final int TDT = TDBAL + TAIL;

  /** How many exact addresses the receiver knows. */
  static final int ADDRESSES = 16;

  /** How many words the multicast and the VLAN table have. */
  static final int TABLE_WORDS = 128;

  private Registers() {}
}
