package org.tenon.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tenon.cycle.one.One;

/** Every rule of {@link HouseRules} fails on a class that breaks it, and names that class. */
class HouseRulesSeeViolationsTest {
  private static JavaClasses wrong;

  @BeforeAll
  static void readTheWrongClasses() {
    wrong =
        new ClassFileImporter()
            .importPaths(
                Path.of("target/test-classes"),
                Repository.root().resolve("sdk-api/org.tenon.api/target/classes"),
                Repository.root().resolve("sdk-spi/org.tenon.spi/target/classes"));
  }

  static Stream<Arguments> rulesAndTheirOffenders() {
    return Stream.of(
        Arguments.of(HouseRules.apiNeedsOnlyTheJdk(), "ApiReachesForASpi"),
        Arguments.of(HouseRules.spiNeedsOnlyTheJdkAndTheApi(), "SpiReachesForAnEngine"),
        Arguments.of(HouseRules.enginesKnowNoBusNoDeviceNoPartner(), "EngineReachesForADevice"),
        Arguments.of(HouseRules.onlyTheMachineSeesEngineAndBus(), "BusReachesForAnEngine"),
        Arguments.of(HouseRules.deviceModelsKnowNoPlugin(), "DeviceReachesForItsPeers"),
        Arguments.of(HouseRules.deviceModelsDoNotKnowOneAnother(), "DeviceReachesForItsPeers"),
        Arguments.of(HouseRules.kitAndSuiteCertifyThroughThePartnersDoor(), "KitReachesForADevice"),
        Arguments.of(HouseRules.samplesUseTheSdkAlone(), "SampleWithBadManners"),
        Arguments.of(HouseRules.packagesFormNoCycle(), One.class.getName()),
        Arguments.of(HouseRules.foreignCallsStandInFfi(), "MemorySegment.reinterpret"),
        Arguments.of(HouseRules.foreignCallsStandInFfi(), "Linker.nativeLinker"),
        Arguments.of(HouseRules.foreignCallsStandInFfi(), "SymbolLookup.loaderLookup"),
        Arguments.of(HouseRules.onlyTheCommandUsesStandardStreams(), "SampleWithBadManners"),
        Arguments.of(HouseRules.nobodySleeps(), "SampleWithBadManners"),
        Arguments.of(HouseRules.everyPublicSdkTypeSaysHowStableItIs(), "SpiReachesForAnEngine"),
        Arguments.of(HouseRules.noPromisedDateHasPassed(LocalDate.of(2026, 1, 1)), "LatePromise"));
  }

  @ParameterizedTest
  @MethodSource("rulesAndTheirOffenders")
  void theRuleSeesItsOffender(ArchRule rule, String offender) {
    List<String> complaints = rule.evaluate(wrong).getFailureReport().getDetails();

    assertThat(complaints).anyMatch(complaint -> complaint.contains(offender));
  }

  @ParameterizedTest
  @MethodSource("org.tenon.checks.HouseRulesTest#rules")
  void everyRuleHasAnOffender(ArchRule rule) {
    assertThat(rule.evaluate(wrong).hasViolation()).as(rule.getDescription()).isTrue();
    assertThat(wrong.stream().map(JavaClass::getName)).contains(One.class.getName());
  }
}
