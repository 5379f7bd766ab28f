/**
 * The guest that {@code tenon run} starts when nothing else is named: a Debian kernel and busybox,
 * fetched through the machine's own package manager or taken from files, and an initial RAM disk
 * made of them. {@link org.tenon.hv.app.guest.GuestStore} says where the results are kept.
 */
@NullMarked
package org.tenon.hv.app.guest;

import org.jspecify.annotations.NullMarked;
