/**
 * What the guest tiers of all profiles share: {@link org.tenon.tck.core.guest.GuestShare} keeps a
 * booted guest from test to test, since its start takes longer than each of them; {@link
 * org.tenon.tck.core.guest.GuestScript} works in it by the functions of a file of shell, and has
 * the last word of Linux's own log. On the thread that runs the tests.
 */
@NullMarked
package org.tenon.tck.core.guest;

import org.jspecify.annotations.NullMarked;
