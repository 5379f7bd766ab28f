package org.tenon.kit.testing;

import java.util.Set;

/** Which line of a test acts. */
final class Origin {
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final Set<Class<?>> HARNESSES = Set.of(BlockHarness.class, NicHarness.class);

  private Origin() {}

  /** The nearest line outside the harness. */
  static String ofCaller() {
    return STACK.walk(frames ->
        frames
            .filter(frame -> frame.getDeclaringClass() != Origin.class)
            .filter(frame -> !HARNESSES.contains(frame.getDeclaringClass()))
            .findFirst()
            .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
            .orElse("unknown"));
  }
}
