package org.tenon.tck.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.tenon.tck.block.contract.NegotiationTests;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;

/** The same tests where no certification started them: in a partner's own build. */
class OwnBuildTest {
  @Test
  void failureSaysHowToRunItAgain() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(
                    DiscoverySelectors.selectMethod(
                        Overreaching.class, "unknownOperationIsUnsupported"))
                .build(),
            listener);
    TestExecutionSummary summary = listener.getSummary();
    assertThat(summary.getTestsFailedCount()).isEqualTo(1);
    assertThat(summary.getFailures().getFirst().getException())
        .hasMessageContaining("BLK-006: expected OPERATION(0)")
        .hasMessageContaining("completed as IO_ERROR")
        .hasMessageContaining("rerun mvn test -Dtenon.seed=0x")
        .hasMessageContaining("#unknownOperationIsUnsupported");
  }

  /** A partner's test of a driver with defects. */
  static class Overreaching extends NegotiationTests {
    @Override
    protected BlockSubject subject() {
      return BlockSubject.of(
              new PlainFileDriverFactory(OverreachingDriver::new),
              new FileStorage("path", Map.of()))
          .build();
    }
  }
}
