package org.tenon.hv.machine;

import org.tenon.hv.attach.BlockAttachment;
import org.tenon.hv.attach.DriverState;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateFormat;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockIdentity;

/**
 * What a disk is, so that a saved machine goes on with no other, and its driver's own state. What
 * is on the disk is the storage's to keep.
 *
 * @param model as what the guest sees it: VIRTIO or NVME
 * @param slot its device number on PCI bus 0, or 32 times the number of its hot-plug slot
 * @param driver the driver's id
 * @param agreement what was agreed with it
 * @param storage which storage it serves
 * @param driverState what the driver has saved
 */
@StateFormat(name = "disk", version = 1)
public record DiskState(
    String model,
    int slot,
    String driver,
    Agreement agreement,
    Storage storage,
    DriverState driverState) {

  /**
   * What was agreed.
   *
   * @param capabilities their names, in order, separated by blanks
   * @param queues how many
   * @param queueDepth requests on each
   */
  public record Agreement(String capabilities, int queues, int queueDepth) {}

  /**
   * Which storage it is, and what the guest knows of it.
   *
   * @param vendor as the driver calls it, as are the next two
   * @param product which model
   * @param serial which one
   * @param blocks its size
   * @param blockSize bytes of a logical block
   * @param maxTransferBlocks the longest transfer
   * @param maxSegments of a request
   * @param readOnly whether it refuses changes
   */
  public record Storage(
      String vendor,
      String product,
      String serial,
      long blocks,
      int blockSize,
      int maxTransferBlocks,
      int maxSegments,
      boolean readOnly) {
    @Override
    public String toString() {
      return "%s %s, serial '%s', %d blocks of %d bytes%s"
          .formatted(vendor, product, serial, blocks, blockSize, readOnly ? ", read-only" : "");
    }
  }

  /** What an attached disk is. */
  static DiskState of(
      DiskConfig config, int slot, BlockAttachment attachment, DriverState driverState) {
    var agreed = attachment.agreement();
    BlockIdentity identity = attachment.identity();
    BlockGeometry geometry = attachment.geometry();
    StringBuilder capabilities = new StringBuilder();
    agreed.capabilities().forEach(capability -> capabilities.append(capability).append(' '));
    return new DiskState(
        config.model().name(),
        slot,
        config.driver().id().value(),
        new Agreement(capabilities.toString().strip(), agreed.queues(), agreed.queueDepth()),
        new Storage(
            identity.vendor(),
            identity.product(),
            identity.serial(),
            geometry.blocks(),
            geometry.logicalBlockSize(),
            geometry.maxTransferBlocks(),
            geometry.maxSegments(),
            geometry.readOnly()),
        driverState);
  }

  /**
   * Compares with a disk that is to take its place.
   *
   * @throws StateException with the first thing that differs
   */
  void check(DiskState offered) throws StateException {
    check("a disk in slot", slot, offered.slot);
    check("a disk of model", model, offered.model);
    check("a disk of driver", driver, offered.driver);
    check("a driver that agreed on", agreement, offered.agreement);
    check("storage", storage, offered.storage);
  }

  private void check(String what, Object saved, Object offered) throws StateException {
    if (!saved.equals(offered)) {
      throw new StateException(
          "the saved machine has %s %s here, not %s".formatted(what, saved, offered));
    }
  }
}
