package org.tenon.tck.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tenon.api.ClauseId;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.tck.block.subject.BlockSubject;
import org.tenon.tck.block.subject.FileStorage;
import org.tenon.tck.core.Level;
import org.tenon.tck.core.Seed;
import org.tenon.tck.core.report.ReportFolder;
import org.tenon.tck.core.run.Certification;
import org.tenon.tck.core.run.RunEvent;
import org.tenon.tck.core.run.RunOptions;
import org.tenon.tck.core.run.RunReport;
import org.tenon.tck.core.verdict.ClauseStatus;
import org.tenon.tck.core.verdict.Failure;
import org.tenon.tck.core.verdict.Outcome;

class CertificationTest {
  private static final Seed SEED = Seed.parse("0x7e40000000000001");

  private static BlockSubject subject(BlockDriverFactory factory) {
    return BlockSubject.of(factory, new FileStorage("path", Map.of())).build();
  }

  private static RunReport run(BlockSubject subject, RunOptions options) {
    return new Certification().run(BlockProfile.get(), subject, options, event -> {});
  }

  private static RunOptions only(String... tests) {
    return RunOptions.of(Level.L2, SEED).withTests(new TreeSet<>(Set.of(tests)));
  }

  @Test
  void correctDriverBreaksNoClause() throws IOException {
    RunReport report = run(subject(new PlainFileDriverFactory()), RunOptions.of(Level.L3, SEED));
    ReportFolder.write(report, Path.of("target", "reports", "plain-file"));
    assertThat(failed(report)).isEmpty();
    // Without a bundle and a hypervisor nothing can be certified, and the report says so.
    assertThat(report.verdict().reached()).isEmpty();
    assertThat(
            report.results().stream()
                .filter(r -> r.outcome() instanceof Outcome.NotRun)
                .map(r -> r.test().group()))
        .isNotEmpty()
        .allMatch(group -> group.equals("Loading") || group.equals("VirtualHardware"));
  }

  @Test
  void defectsAreNamedByTheirClauses() throws IOException {
    RunReport report =
        run(
            subject(new PlainFileDriverFactory(OverreachingDriver::new)),
            RunOptions.of(Level.L1, SEED));
    ReportFolder.write(report, Path.of("target", "reports", "overreaching"));
    assertThat(report.passed()).isFalse();
    assertThat(failed(report))
        .contains(ClauseId.parse("BLK-048"), ClauseId.parse("BLK-006"), ClauseId.parse("BLK-005"));
    Failure failure = report.failures().getFirst();
    assertThat(failure.rerun()).contains("--seed " + SEED).contains("--test ");
  }

  @Test
  void sameSeedGivesTheSameVerdict() {
    RunOptions options =
        only(
            "WriteZeroesKeepsItsNeighbours", "UnknownOperationIsUnsupported", "SegmentsOfAnyShape");
    RunReport first = run(subject(new PlainFileDriverFactory(OverreachingDriver::new)), options);
    RunReport second = run(subject(new PlainFileDriverFactory(OverreachingDriver::new)), options);
    assertThat(said(second)).isEqualTo(said(first)).hasSize(2);
    RunReport alone =
        run(
            subject(new PlainFileDriverFactory(OverreachingDriver::new)),
            only("WriteZeroesKeepsItsNeighbours"));
    assertThat(said(alone)).isSubsetOf(said(first)).hasSize(1);
  }

  @Test
  void testsThatKeepDataLeaveTheImageAsItIs(@TempDir Path folder) throws IOException {
    Path image = folder.resolve("users.img");
    byte[] contents = new byte[4 << 20];
    RandomGenerator.of("L64X128MixRandom").nextBytes(contents);
    Files.write(image, contents);
    BlockSubject subject =
        BlockSubject.of(new PlainFileDriverFactory(), new FileStorage("path", Map.of()))
            .image(image)
            .build();
    RunReport report = run(subject, RunOptions.of(Level.L3, SEED).keepingData());
    assertThat(failed(report)).isEmpty();
    assertThat(report.results())
        .hasSizeGreaterThan(8)
        .allMatch(result -> result.test().keepsData());
    assertThat(Files.readAllBytes(image)).isEqualTo(contents);
  }

  @Test
  void progressIsTold() {
    List<RunEvent> events = new ArrayList<>();
    RunReport report =
        new Certification()
            .run(
                BlockProfile.get(),
                subject(new PlainFileDriverFactory()),
                only("SmallestOffer"),
                events::add);
    assertThat(events.stream().map(event -> event.getClass().getSimpleName()))
        .containsExactly("Started", "TestStarted", "TestFinished", "Finished");
    assertThat(report.passed()).isTrue();
  }

  @Test
  void unknownTestIsRefusedWithTheNamesOfAll() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(subject(new PlainFileDriverFactory()), only("NoSuchTest")))
        .withMessageContaining("NoSuchTest")
        .withMessageContaining("ReadBackEveryBoundary");
  }

  private static Set<ClauseId> failed(RunReport report) {
    return report.verdict().clauses().stream()
        .filter(clause -> clause.status() == ClauseStatus.FAILED && clause.requirement().isMust())
        .map(clause -> clause.requirement().id())
        .collect(Collectors.toSet());
  }

  private static Set<String> said(RunReport report) {
    return report.failures().stream()
        .map(f -> f.clause() + " " + f.expected() + " " + f.actual())
        .collect(Collectors.toSet());
  }
}
