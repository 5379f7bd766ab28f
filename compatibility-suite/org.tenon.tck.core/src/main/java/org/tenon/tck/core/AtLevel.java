package org.tenon.tck.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.tenon.api.Stability;

/**
 * The level at which a test, or every test of a class, runs at the earliest. Without it a test runs
 * at the highest level of its clauses.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Stability(level = Stability.Level.STABLE, since = "1.0")
public @interface AtLevel {
  /** The level. */
  Level value();
}
