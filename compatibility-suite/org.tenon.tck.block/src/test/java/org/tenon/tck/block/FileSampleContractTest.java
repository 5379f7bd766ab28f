package org.tenon.tck.block;

import java.util.Map;
import org.tenon.samples.blockfile.FileBlockDriverFactory;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;

/** The whole contract in a partner's build, as a partner writes it. */
class FileSampleContractTest extends BlockDriverContract {
  @Override
  protected BlockSubject subject() {
    return BlockSubject.of(new FileBlockDriverFactory(), new FileStorage("path", Map.of())).build();
  }
}
