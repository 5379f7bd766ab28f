/**
 * The driver as a real Linux uses it: as the virtio-net card of a booted guest, which talks over it
 * to a station at the wire's other end. Where the wire comes back the guest is both stations, each
 * in a network namespace of its own: what they say to each other leaves by the card and arrives by
 * it again. Where nothing ever comes, what leaves is looked at.
 *
 * <p>The tests share a guest ({@link org.tenon.tck.core.guest.GuestShare}). None depends on
 * another. What a test does in the guest is a function of {@code net.sh}.
 *
 * <pre>{@code
 * LinuxGuestTests ─▶ CardChecks ─▶ LinuxCard ─▶ Guest (door of the driver kit)
 *                                      └─▶ Wire ─▶ Station ─▶ FarEnd: sums and data
 * }</pre>
 */
@NullMarked
package org.tenon.tck.net.guest;

import org.jspecify.annotations.NullMarked;
