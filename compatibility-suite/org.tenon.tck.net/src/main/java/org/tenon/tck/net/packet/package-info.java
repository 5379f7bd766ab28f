/**
 * Frames and what cards do to them, by the book: the suite's reference for checksums (RFC 1071),
 * segments (RFC 9293) and steering (VIRTIO 1.2, 5.1.6.4.3). It shares no code with any driver; a
 * test compares it with what the Linux kernel does to the same frames.
 */
@NullMarked
package org.tenon.tck.net.packet;

import org.jspecify.annotations.NullMarked;
