/**
 * What all drivers share: how one is found, agreed with, opened, run, paused and closed.
 *
 * <h2>A guided tour</h2>
 *
 * <p>A bundle's manifest names the range of SPI versions it speaks; the host checks it before any
 * code of the bundle runs. Then, in this order:
 *
 * <ol>
 *   <li>{@link org.tenon.spi.DriverFactory}, found by {@link java.util.ServiceLoader}, is asked for
 *       its {@linkplain org.tenon.spi.DriverFactory#configKeys() configuration keys}; the host
 *       reads the user's settings against them into a {@link org.tenon.spi.Config} and refuses what
 *       does not fit.
 *   <li>The factory's device class (for example {@code org.tenon.spi.block}) adds {@code
 *       negotiate}: from what the host offers, the driver takes a subset of {@linkplain
 *       org.tenon.spi.Capability capabilities}. The agreement is frozen: the host calls nothing
 *       outside it.
 *   <li>{@code open} gives a {@link org.tenon.spi.Driver}, whose life follows {@link
 *       org.tenon.spi.LifeCycle}.
 *   <li>{@link org.tenon.spi.Driver#migration()} says whether, and how, the driver's state moves to
 *       another host.
 * </ol>
 *
 * <p>The driver reaches the world around it through {@link org.tenon.spi.Host}: its clock, its
 * threads, its log. A driver that takes time and threads from there runs unchanged under the driver
 * kit's virtual clock and leak checks.
 *
 * <h2>Words that travel</h2>
 *
 * <p>What the host says to a partner is an open code ({@link org.tenon.spi.Capability}, {@link
 * org.tenon.api.Status}): ignore what you do not know. What a partner says to the host is a closed
 * type ({@link org.tenon.spi.Migration}). A failed request is a status; exceptions are for {@code
 * negotiate}, {@code open} and {@code start} only, as {@link org.tenon.spi.DriverException}.
 */
@NullMarked
package org.tenon.spi;

import org.jspecify.annotations.NullMarked;
