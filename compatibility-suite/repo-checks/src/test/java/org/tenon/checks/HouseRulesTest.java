package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps {@link HouseRules} over everything that is built. */
class HouseRulesTest {
  private static JavaClasses shipped;
  private static JavaClasses tests;

  @BeforeAll
  static void readEveryClass() {
    shipped = new ClassFileImporter().importPaths(Repository.shippedClasses());
    tests = new ClassFileImporter().importPaths(Repository.testClasses());
  }

  static Stream<Named<ArchRule>> rules() {
    return Stream.of(
        Named.of("api needs only the JDK", HouseRules.apiNeedsOnlyTheJdk()),
        Named.of("spi needs only the JDK and the api", HouseRules.spiNeedsOnlyTheJdkAndTheApi()),
        Named.of(
            "engines know no bus, device or partner",
            HouseRules.enginesKnowNoBusNoDeviceNoPartner()),
        Named.of(
            "only the machine sees engine and bus", HouseRules.onlyTheMachineSeesEngineAndBus()),
        Named.of("device models know no plugin", HouseRules.deviceModelsKnowNoPlugin()),
        Named.of(
            "device models do not know one another", HouseRules.deviceModelsDoNotKnowOneAnother()),
        Named.of(
            "kit and suite use the partners' door",
            HouseRules.kitAndSuiteCertifyThroughThePartnersDoor()),
        Named.of("samples use the SDK alone", HouseRules.samplesUseTheSdkAlone()),
        Named.of("packages form no cycle", HouseRules.packagesFormNoCycle()),
        Named.of("foreign calls stand in ffi", HouseRules.foreignCallsStandInFfi()),
        Named.of(
            "only the command uses standard streams",
            HouseRules.onlyTheCommandUsesStandardStreams()),
        Named.of(
            "every public SDK type says how stable it is",
            HouseRules.everyPublicSdkTypeSaysHowStableItIs()),
        Named.of(
            "no promised date has passed",
            HouseRules.noPromisedDateHasPassed(LocalDate.now(ZoneOffset.UTC))));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void holdsForEverythingShipped(ArchRule rule) {
    rule.allowEmptyShould(true).check(shipped);
  }

  @Test
  void noTestSleeps() {
    HouseRules.nobodySleeps().check(tests);
  }

  @Test
  void theScanSawEveryModule() {
    assertThat(
            shipped.stream().filter(c -> c.getPackageName().equals("org.tenon.spi.block")).count())
        .isGreaterThan(8);
    assertThat(shipped.size()).isGreaterThan(30);
    assertThat(Repository.modules().size()).isGreaterThan(3);
  }
}
