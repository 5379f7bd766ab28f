package org.tenon.checks;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.time.LocalDate;
import java.util.Set;
import org.tenon.api.Stability;

/** The rules of docs/ARCHITECTURE.md that a machine can keep. */
final class HouseRules {
  private static final String[] JDK = {"java..", "javax..", "jdk..", "org.jspecify.."};
  private static final String[] SDK = {"org.tenon.api..", "org.tenon.spi.."};

  private HouseRules() {}

  static ArchRule apiNeedsOnlyTheJdk() {
    return classes()
        .that()
        .resideInAPackage("org.tenon.api")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(JDK).or(resideInAPackage("org.tenon.api")));
  }

  static ArchRule spiNeedsOnlyTheJdkAndTheApi() {
    return classes()
        .that()
        .resideInAPackage("org.tenon.spi..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(JDK).or(resideInAnyPackage(SDK)));
  }

  static ArchRule enginesKnowNoBusNoDeviceNoPartner() {
    return noClasses()
        .that()
        .resideInAPackage("org.tenon.hv.engine..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.tenon..")
                .and(not(resideInAnyPackage("org.tenon.hv.engine..", "org.tenon.hv.memory.."))));
  }

  static ArchRule onlyTheMachineSeesEngineAndBus() {
    return noClasses()
        .that(
            resideInAPackage("org.tenon.hv..")
                .and(
                    not(
                        resideInAnyPackage(
                            "org.tenon.hv.machine..",
                            "org.tenon.hv.engine..",
                            "org.tenon.hv.app.."))))
        .should()
        .dependOnClassesThat(resideInAPackage("org.tenon.hv.engine.."));
  }

  static ArchRule deviceModelsKnowNoPlugin() {
    return noClasses()
        .that()
        .resideInAnyPackage(
            "org.tenon.hv.virtio..",
            "org.tenon.hv.nvme..",
            "org.tenon.hv.device..",
            "org.tenon.hv.platform..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "org.tenon.hv.plugin..", "org.tenon.hv.machine..", "org.tenon.hv.app.."));
  }

  static ArchRule deviceModelsDoNotKnowOneAnother() {
    return slices()
        .matching("org.tenon.hv.(virtio|nvme|device|platform)..")
        .should()
        .notDependOnEachOther()
        .allowEmptyShould(true);
  }

  static ArchRule kitAndSuiteCertifyThroughThePartnersDoor() {
    return noClasses()
        .that()
        .resideInAnyPackage("org.tenon.kit..", "org.tenon.tck..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.tenon.hv.."));
  }

  static ArchRule samplesUseTheSdkAlone() {
    return classes()
        .that()
        .resideInAPackage("org.tenon.samples..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(JDK)
                .or(resideInAnyPackage(SDK))
                .or(resideInAPackage("org.tenon.samples..")));
  }

  static ArchRule packagesFormNoCycle() {
    return slices().matching("org.tenon.(**)").should().beFreeOfCycles();
  }

  static ArchRule foreignCallsStandInFfi() {
    return noClasses()
        .that(not(resideInAnyPackage("..ffi..", "org.tenon.hv.memory..")))
        .should(
            callOneOf(
                MemorySegment.class,
                Set.of("reinterpret"),
                "make foreign calls: they belong into a package named ffi, or hv.memory"))
        .andShould(
            callOneOf(
                Linker.class,
                Set.of("nativeLinker", "downcallHandle", "upcallStub"),
                "link foreign functions: that belongs into a package named ffi"))
        .andShould(
            callOneOf(
                SymbolLookup.class,
                Set.of("libraryLookup", "loaderLookup"),
                "look up foreign symbols: that belongs into a package named ffi"));
  }

  /** The suite's child process speaks with its parent through its standard streams. */
  static ArchRule onlyTheCommandUsesStandardStreams() {
    return noClasses()
        .that(
            not(resideInAPackage("org.tenon.hv.app.."))
                .and(not(name("org.tenon.tck.block.durability.Victim"))))
        .should(
            callOneOf(
                System.class,
                Set.of("out", "err", "in"),
                "use the standard streams: only the command does"));
  }

  static ArchRule nobodySleeps() {
    return noClasses()
        .should(
            callOneOf(
                Thread.class,
                Set.of("sleep"),
                "sleep: wait for the event, or use a virtual clock"));
  }

  static ArchRule everyPublicSdkTypeSaysHowStableItIs() {
    return classes()
        .that(resideInAnyPackage(SDK).and(arePublicAndTopLevel()))
        .should()
        .beAnnotatedWith(Stability.class);
  }

  static ArchRule noPromisedDateHasPassed(LocalDate today) {
    return classes().that().areAnnotatedWith(Stability.class).should(keepTheirEta(today));
  }

  private static DescribedPredicate<JavaClass> arePublicAndTopLevel() {
    return DescribedPredicate.describe(
        "are public and top-level",
        type ->
            type.isTopLevelClass()
                && type.getModifiers()
                    .contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC)
                && !type.getSimpleName().equals("package-info"));
  }

  private static ArchCondition<JavaClass> keepTheirEta(LocalDate today) {
    return new ArchCondition<>("keep the date they promise") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stability stability = type.getAnnotationOfType(Stability.class);
        boolean stable = stability.level() == Stability.Level.STABLE;
        boolean kept =
            stable
                ? stability.eta().isEmpty()
                : !stability.eta().isEmpty() && !LocalDate.parse(stability.eta()).isBefore(today);
        events.add(
            new SimpleConditionEvent(
                type,
                kept,
                type.getName()
                    + " is "
                    + stability.level()
                    + " with eta '"
                    + stability.eta()
                    + "': an unstable type names a date to come, a stable one none"));
      }
    };
  }

  private static ArchCondition<JavaClass> callOneOf(
      Class<?> owner, Set<String> names, String what) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          AccessTarget target = access.getTarget();
          if (target.getOwner().isEquivalentTo(owner) && names.contains(target.getName())) {
            events.add(SimpleConditionEvent.satisfied(access, access.getDescription()));
          }
        }
      }
    };
  }
}
