package org.tenon.tck.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.tenon.api.Stability;

/**
 * The clauses that a test covers: each passes only if the test passes. Every test of the suite
 * carries it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Stability(level = Stability.Level.STABLE, since = "1.0")
public @interface Clause {
  /** Clause numbers of spec/requirements, such as {@code BLK-014}; at least one. */
  String[] value();
}
