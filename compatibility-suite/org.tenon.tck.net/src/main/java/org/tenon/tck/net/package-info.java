/**
 * The certification of NIC drivers.
 *
 * <h2>A guided tour</h2>
 *
 * <ul>
 *   <li>A partner's test extends {@link org.tenon.tck.net.NicDriverContract} and says in one method
 *       what is tested: a {@link org.tenon.tck.net.subject.NicSubject}.
 *   <li>{@code tenon certify} runs the same class through {@link
 *       org.tenon.tck.core.run.Certification} with {@link org.tenon.tck.net.NicProfile}.
 *   <li>The tests stand in groups by subject, each a nested class of the contract; what a frame
 *       must look like they ask {@link org.tenon.tck.net.packet}.
 * </ul>
 */
@NullMarked
package org.tenon.tck.net;

import org.jspecify.annotations.NullMarked;
