package org.tenon.samples.nicloopback;

import java.util.Map;
import org.tenon.kit.testing.wire.LoopbackWiring;
import org.tenon.tck.net.NicDriverContract;
import org.tenon.tck.net.subject.NicSubject;

/** The whole contract of NIC drivers. */
class LoopbackContractTest extends NicDriverContract {
  @Override
  protected NicSubject subject() {
    return NicSubject.of(new LoopbackNicDriverFactory(), new LoopbackWiring(Map.of())).build();
  }
}
