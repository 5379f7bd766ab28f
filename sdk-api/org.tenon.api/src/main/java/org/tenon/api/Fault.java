package org.tenon.api;

/**
 * A promise that a component broke, as whoever noticed it reports it: the hypervisor's attach layer
 * in production, the driver kit in a partner's test, the compatibility suite on a certificate.
 *
 * @param clause the clause that was broken
 * @param kind what was done, as an open code
 * @param subject who did it: a driver id, with its queue and tag where they are known
 * @param detail what was expected and what happened instead, in one line
 */
@Stability(level = Stability.Level.STABLE, since = "1.0")
public record Fault(ClauseId clause, Kind kind, String subject, String detail) {
  /**
   * What was done. The set is open: later versions add kinds.
   *
   * @param name lower-case words
   */
  public record Kind(Identifier name) {
    /** It threw where it promised a status. */
    public static final Kind THREW = of("threw");

    /** It did not return, or did not complete, within its deadline. */
    public static final Kind HUNG = of("hung");

    /** It completed one request twice. */
    public static final Kind COMPLETED_TWICE = of("completed-twice");

    /** It completed a request that it was never given. */
    public static final Kind COMPLETED_UNKNOWN = of("completed-unknown");

    /** It closed, quiesced or reset while requests it had accepted were not completed. */
    public static final Kind FORGOT = of("forgot");

    /** It answered outside the range its contract allows. */
    public static final Kind BAD_ANSWER = of("bad-answer");

    /** It used an ability that was not agreed. */
    public static final Kind NOT_AGREED = of("not-agreed");

    /** It used a request's memory after completing the request. */
    public static final Kind USED_AFTER_COMPLETE = of("used-after-complete");

    /** It kept a thread, a timer or memory after close. */
    public static final Kind LEAKED = of("leaked");

    private static Kind of(String name) {
      return new Kind(new Identifier(name));
    }
  }

  @Override
  public String toString() {
    return "%s %s %s: %s".formatted(clause, subject, kind.name(), detail);
  }
}
