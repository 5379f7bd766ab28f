package org.tenon.checks;

import java.io.IOException;
import java.util.List;

/** An API that has each thing {@link ApiDump} must show. */
public sealed interface Surface {
  /** A constant. */
  int LIMIT = 42;

  /** A method with generics and an exception. */
  List<String> names(List<? extends Number> numbers) throws IOException;

  /** A record. */
  record Part(int size) implements Surface {
    @Override
    public List<String> names(List<? extends Number> numbers) {
      return List.of();
    }
  }
}
