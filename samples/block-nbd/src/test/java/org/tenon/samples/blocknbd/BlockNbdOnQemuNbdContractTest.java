package org.tenon.samples.blocknbd;

import java.util.Map;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.tck.block.BlockDriverContract;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.NbdStorage;

/** The whole contract of block drivers, with qemu-nbd behind the driver. */
class BlockNbdOnQemuNbdContractTest extends BlockDriverContract {
  @Override
  protected BlockSubject subject() {
    NbdStorage storage = new NbdStorage("uri", Map.of(), NbdServer.Program.QEMU_NBD);
    return BlockSubject.of(new NbdBlockDriverFactory(), storage).build();
  }
}
