package org.tenon.hv.machine;

import org.tenon.hv.attach.DriverState;
import org.tenon.hv.attach.NicAttachment;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicProperties;

/**
 * What a network card is, so that a saved machine goes on with no other, and its driver's own
 * state.
 *
 * @param model as what the guest sees it: VIRTIO
 * @param slot its device number on PCI bus 0, or 32 times the number of its hot-plug slot
 * @param driver the driver's id
 * @param agreement what was agreed with it
 * @param card what the guest knows of it
 * @param driverState what the driver has saved
 */
@StateFormat(name = "nic", version = 1)
public record NicState(
    String model,
    int slot,
    String driver,
    Agreement agreement,
    Card card,
    DriverState driverState) {
  private static final String MODEL = "VIRTIO";

  /**
   * What was agreed.
   *
   * @param capabilities their names, in order, separated by blanks
   * @param queuePairs how many
   * @param queueDepth frames and buffers on each
   */
  public record Agreement(String capabilities, int queuePairs, int queueDepth) {}

  /**
   * What the guest knows of the card.
   *
   * @param address the card's
   * @param maxMtu the largest packet
   * @param maxSegments of a frame or a buffer
   * @param maxSegmentedBytes the longest frame that the card cuts
   */
  public record Card(String address, int maxMtu, int maxSegments, int maxSegmentedBytes) {
    @Override
    public String toString() {
      return "address %s, an MTU of %d, %d segments and %d bytes to cut"
          .formatted(address, maxMtu, maxSegments, maxSegmentedBytes);
    }
  }

  /**
   * What an attached card is.
   *
   * @param address the card's, which may be another than the driver's own
   */
  static NicState of(
      String driver,
      int slot,
      NicAttachment attachment,
      MacAddress address,
      DriverState driverState) {
    var agreed = attachment.agreement();
    NicProperties properties = attachment.properties();
    StringBuilder capabilities = new StringBuilder();
    agreed.capabilities().forEach(capability -> capabilities.append(capability).append(' '));
    return new NicState(
        MODEL,
        slot,
        driver,
        new Agreement(capabilities.toString().strip(), agreed.queuePairs(), agreed.queueDepth()),
        new Card(
            address.toString(),
            properties.maxMtu(),
            attachment.maxSegments(),
            properties.maxSegmentedBytes()),
        driverState);
  }

  /**
   * Compares with a card that is to take its place.
   *
   * @throws StateException with the first thing that differs
   */
  void check(NicState offered) throws StateException {
    check("a network card in slot", slot, offered.slot);
    check("a network card of model", model, offered.model);
    check("a network card of driver", driver, offered.driver);
    check("a driver that agreed on", agreement, offered.agreement);
    check("a network card with", card, offered.card);
  }

  private static void check(String what, Object saved, Object offered) throws StateException {
    if (!saved.equals(offered)) {
      throw new StateException(
          "the saved machine has %s %s here, not %s".formatted(what, saved, offered));
    }
  }
}
