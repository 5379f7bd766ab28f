package org.tenon.tck.mutants.net;

import java.util.List;
import java.util.stream.Stream;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.tck.mutants.Mutant;

/** All broken NIC drivers. */
public final class NicMutants {
  private NicMutants() {}

  /** The driver that all of them vary; it keeps every promise. */
  public static NicDriverFactory base() {
    return new BaseNicFactory();
  }

  /** Each way of being wrong. */
  public static List<Mutant> all() {
    return Stream.of(
            SendingMutants.all(),
            OffloadMutants.all(),
            BufferMutants.all(),
            ChoiceMutants.all(),
            NicLifeMutants.all())
        .flatMap(List::stream)
        .toList();
  }
}
