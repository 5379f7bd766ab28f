/**
 * {@code switch-mirror}: copies what passes chosen ports and VLANs of a virtual switch to a port
 * that watches, where tcpdump or an intrusion detector listens.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.switchmirror.MirrorFactory} says what the extension is called and
 *       what it can be told ({@link org.tenon.samples.switchmirror.MirrorSettings}).
 *   <li>{@link org.tenon.samples.switchmirror.Mirror} follows the ports that come and go, and
 *       decides on each frame by
 *   <li>{@link org.tenon.samples.switchmirror.Watch}, which never changes: the control thread makes
 *       a new one when a port comes or goes, and the forwarding threads see either.
 * </ol>
 */
@NullMarked
package org.tenon.samples.switchmirror;

import org.jspecify.annotations.NullMarked;
