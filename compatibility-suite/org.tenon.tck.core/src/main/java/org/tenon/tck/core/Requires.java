package org.tenon.tck.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.tenon.api.Stability;

/**
 * What a subject must have agreed to for a test to apply, in the words of its profile, such as
 * {@code discard}. The suite asks the subject itself; a test that does not apply is reported as
 * such with the reason. There is no other way to leave out a test.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Stability(level = Stability.Level.STABLE, since = "1.0")
public @interface Requires {
  /** Traits that the subject must have, all of them. */
  String[] value();
}
