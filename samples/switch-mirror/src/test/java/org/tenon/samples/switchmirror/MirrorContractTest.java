package org.tenon.samples.switchmirror;

import java.util.Map;
import org.tenon.tck.vswitch.SwitchExtensionContract;
import org.tenon.tck.vswitch.trial.SwitchSubject;

/** The compatibility suite, in the sample's own build. */
class MirrorContractTest extends SwitchExtensionContract {
  @Override
  protected SwitchSubject subject() {
    return SwitchSubject.of(
        new MirrorFactory(), Map.of("to", "watch", "ports", "guest0+guest1", "vlans", "0-9+100"));
  }
}
