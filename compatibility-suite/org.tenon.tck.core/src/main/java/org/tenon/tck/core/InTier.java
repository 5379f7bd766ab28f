package org.tenon.tck.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.tenon.api.Stability;

/** The tier of every test of a class; {@link Tier#CONTRACT} without it. */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public @interface InTier {
  /** The tier. */
  Tier value();
}
