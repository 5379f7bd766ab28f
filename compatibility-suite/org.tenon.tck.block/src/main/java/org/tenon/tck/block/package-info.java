/**
 * The certification of block drivers.
 *
 * <h2>A guided tour</h2>
 *
 * <ul>
 *   <li>A partner's test extends {@link org.tenon.tck.block.BlockDriverContract} and says in one
 *       method what is tested: a {@link org.tenon.tck.block.subject.BlockSubject}.
 *   <li>{@code tenon certify} runs the same class through {@link
 *       org.tenon.tck.core.run.Certification} with {@link org.tenon.tck.block.BlockProfile}.
 *   <li>The tests stand in groups by subject, each a nested class of the contract.
 * </ul>
 */
@NullMarked
package org.tenon.tck.block;

import org.jspecify.annotations.NullMarked;
