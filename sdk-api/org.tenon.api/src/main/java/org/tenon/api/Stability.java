package org.tenon.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a partner may rely on. Every public type of the SDK carries it; a build check refuses one
 * that does not, and one whose {@link #eta()} has passed.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Stability(level = Stability.Level.STABLE, since = "1.0")
public @interface Stability {
  /** How much may change, and when. */
  Level level();

  /** The SDK version, {@code major.minor}, that brought the type. */
  String since();

  /**
   * The date, {@code yyyy-MM-dd}, by which an {@link Level#EVOLVING} or {@link Level#DEPRECATED}
   * type becomes stable or leaves; empty for a stable one.
   */
  String eta() default "";

  /** The levels of the stability policy (governance/STABILITY.md). */
  enum Level {
    /** Binary and behaviour compatible until the next major version. */
    STABLE,
    /** May change in a minor version, with a note in the changelog. */
    EVOLVING,
    /** Will leave with the next major version; its Javadoc names the replacement. */
    DEPRECATED
  }
}
