/**
 * The words that every Tenon surface shares: what a thing is called, which version it speaks, how
 * stable it is, how an operation ended, how a component feels, and how a fault is reported.
 *
 * <h2>A guided tour</h2>
 *
 * <ul>
 *   <li>{@link org.tenon.api.Identifier}: the one grammar for the ids of bundles, drivers and
 *       capabilities.
 *   <li>{@link org.tenon.api.Version} and {@link org.tenon.api.VersionRange}: what speaks with
 *       what, decided before any partner code runs.
 *   <li>{@link org.tenon.api.Stability}: on every public type, how long a partner may rely on it.
 *   <li>{@link org.tenon.api.Status}: how a request ended. Codes are open: a reader treats one it
 *       does not know as an error.
 *   <li>{@link org.tenon.api.Health}: what a component says of itself.
 *   <li>{@link org.tenon.api.Fault} and {@link org.tenon.api.ClauseId}: a broken promise, named by
 *       the numbered clause of the specification that it broke.
 * </ul>
 *
 * <p>The package needs nothing but the JDK. All its types are immutable and safe for use by any
 * thread.
 */
@NullMarked
package org.tenon.api;

import org.jspecify.annotations.NullMarked;
