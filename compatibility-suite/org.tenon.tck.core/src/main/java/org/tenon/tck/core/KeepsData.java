package org.tenon.tck.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.tenon.api.Stability;

/**
 * Marks a test that leaves every byte of the storage as it found it, so that it may run on storage
 * that holds a user's data. All others run on scratch storage only.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Stability(level = Stability.Level.STABLE, since = "1.0")
public @interface KeepsData {}
