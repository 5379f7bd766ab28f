package org.tenon.hv.bus.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name and version under which a state record is saved. A record never changes once released:
 * its successor is a new record with the next version, which names it in {@link #before} and
 * implements {@link Successor}; the older one stays and implements {@link Predecessor}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface StateFormat {
  /** The name in the file, such as {@code local-apic}. */
  String name();

  /** Counts up from 1. */
  int version();

  /** The record of the version before, a {@link Predecessor}; none for version 1. */
  Class<? extends Record> before() default Record.class;
}
