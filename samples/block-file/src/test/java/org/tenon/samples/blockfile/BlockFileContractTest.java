package org.tenon.samples.blockfile;

import java.util.Map;
import org.tenon.tck.block.BlockDriverContract;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;

/** The whole contract of block drivers. */
class BlockFileContractTest extends BlockDriverContract {
  @Override
  protected BlockSubject subject() {
    return BlockSubject.of(new FileBlockDriverFactory(), new FileStorage("path", Map.of())).build();
  }
}
