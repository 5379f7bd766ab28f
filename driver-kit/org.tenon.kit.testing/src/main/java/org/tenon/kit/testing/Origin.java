package org.tenon.kit.testing;

/** Which line of a test acts. */
final class Origin {
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private Origin() {}

  /** The nearest line outside the harness. */
  static String ofCaller() {
    return STACK.walk(frames ->
        frames
            .filter(frame -> frame.getDeclaringClass() != Origin.class)
            .filter(frame -> frame.getDeclaringClass() != BlockHarness.class)
            .findFirst()
            .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
            .orElse("unknown"));
  }
}
