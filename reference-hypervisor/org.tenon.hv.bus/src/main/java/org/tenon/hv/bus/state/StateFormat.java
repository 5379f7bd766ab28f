package org.tenon.hv.bus.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and version under which a state record is saved. A record never changes once released:
 * its successor is a new record with the next version.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StateFormat {
  /** The name in the file, such as {@code local-apic}. */
  String name();

  /** Counts up from 1. */
  int version();
}
