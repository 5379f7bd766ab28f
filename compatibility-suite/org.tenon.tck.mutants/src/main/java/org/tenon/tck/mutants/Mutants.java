package org.tenon.tck.mutants;

import java.util.List;
import java.util.stream.Stream;
import org.tenon.spi.block.BlockDriverFactory;

/** All mutants. */
public final class Mutants {
  private Mutants() {}

  /** The driver that all mutants vary; it keeps every promise. */
  public static BlockDriverFactory base() {
    return new BaseFactory();
  }

  /** Each way of being wrong that the first two tiers see, in the order of the specification. */
  public static List<Mutant> all() {
    return Stream.of(
            AgreementMutants.all(),
            DataMutants.all(),
            CompletionMutants.all(),
            DurabilityMutants.all(),
            LifeCycleMutants.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * The mutant with that id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Mutant get(String id) {
    return Stream.concat(all().stream(), GuestMutants.all().stream().map(GuestMutants.Case::mutant))
        .filter(mutant -> mutant.id().value().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no mutant '" + id + "'"));
  }
}
