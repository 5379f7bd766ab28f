package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.tck.core.Seed;
import org.tenon.tck.mutants.GuestMutants;
import org.tenon.tck.mutants.MutationRun;
import org.tenon.tck.mutants.MutationScore;
import org.tenon.tck.mutants.net.MemoryWiring;
import org.tenon.tck.mutants.net.NicGuestMutants;
import org.tenon.tck.mutants.net.NicMutants;

/** Linux catches the drivers that fail an operating system, by the clause that each breaks. */
class GuestMutantsTest {
  private static final System.Logger LOG = System.getLogger("org.tenon.trial");

  @TempDir static Path folder;

  static List<GuestMutants.Case> mutants() {
    return GuestMutants.all();
  }

  @BeforeAll
  static void fetch() throws IOException, InterruptedException {
    Guests.fetch(folder, DebianKernel.CLOUD);
  }

  static List<GuestMutants.Case> nicMutants() {
    return NicGuestMutants.all();
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isCaughtByItsTest(GuestMutants.Case mutant) {
    expectCaught(MutationRun.ofBlock(new Seed(1)).run(mutant));
  }

  @ParameterizedTest
  @MethodSource("nicMutants")
  void nicDriverIsCaughtByItsTest(GuestMutants.Case mutant) {
    MutationRun run = MutationRun.ofNic(new Seed(1), NicMutants.base(), MemoryWiring.looping());
    expectCaught(run.run(mutant));
  }

  private static void expectCaught(MutationScore.Result result) {
    LOG.log(Level.INFO, result);
    assertThat(result.caught()).as(result.toString()).isTrue();
  }
}
