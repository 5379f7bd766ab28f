package org.tenon.hv.attach;

/**
 * A NIC driver of the house, such as a port of the virtual switch, that can hand over less than was
 * agreed: what the guest that has booked the card takes is known only then.
 */
public interface ReceiveOffloads {
  /**
   * Chooses among what was agreed; until told, all of it. Called like {@link
   * org.tenon.spi.net.NicDriver#setFilter}.
   *
   * @param checksum whether frames may say of their checksum that it is right, or lack it
   * @param joined whether frames may be many segments in one
   */
  void receiveOffloads(boolean checksum, boolean joined);
}
