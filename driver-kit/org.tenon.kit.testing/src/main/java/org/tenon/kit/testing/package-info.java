/**
 * A host that checks what a driver does, for a partner's own tests.
 *
 * <h2>A guided tour</h2>
 *
 * <p>A first test needs five lines; closing the harness fails the test if the driver broke its
 * contract on the way:
 *
 * <pre>{@code
 * void readsBackWhatItWrote() throws Exception {
 *   try (BlockHarness disk = BlockHarness.open(new MyDriverFactory(), settings)) {
 *     disk.write(7, block);
 *     assertThat(disk.read(7, 1)).isEqualTo(block);
 *   }
 * }
 * }</pre>
 *
 * <ul>
 *   <li>{@link org.tenon.kit.testing.BlockHarness} negotiates with the driver, opens and starts it,
 *       sends requests, leads it through its life, and closes it. Its builder changes the
 *       circumstances: what is offered, where files lie, what time it is, how long the host waits.
 *   <li>{@link org.tenon.kit.testing.BlockRequest} is anything a host might send, also what none
 *       should; {@link org.tenon.kit.testing.Submission} is one on its way, {@link
 *       org.tenon.kit.testing.BlockResult} its end.
 *   <li>{@link org.tenon.kit.testing.NicHarness} is the same for a NIC driver; its frames are
 *       {@link org.tenon.kit.testing.NicFrame}s and {@link org.tenon.kit.testing.ReceivedFrame}s.
 *   <li>{@link org.tenon.kit.testing.VirtualClock} lets a test decide what time it is, so that a
 *       deadline of 30 seconds passes in no time.
 *   <li>{@link org.tenon.kit.testing.BlockObserver} sees everything pass, for logs that must share
 *       one order with other logs.
 * </ul>
 *
 * <h2>What the host watches by itself</h2>
 *
 * <p>Each finding is an {@link org.tenon.api.Fault} that names the clause of spec/requirements.
 *
 * <table>
 * <caption>Checks and clauses</caption>
 * <tr><th>the driver</th><th>clause</th></tr>
 * <tr><td>completes a request twice, or not within its deadline</td><td>BLK-028</td></tr>
 * <tr><td>completes what it was not given or did not accept</td><td>BLK-029</td></tr>
 * <tr><td>answers {@code submit} with a number outside the batch</td><td>BLK-030</td></tr>
 * <tr><td>blocks in {@code submit}</td><td>BLK-031</td></tr>
 * <tr><td>refuses requests and never says that it is ready</td><td>BLK-033</td></tr>
 * <tr><td>uses a batch after {@code submit}</td><td>BLK-034</td></tr>
 * <tr><td>uses a request's row or memory after its completion</td><td>BLK-035</td></tr>
 * <tr><td>writes beside its segments, or into the data of a write</td><td>BLK-017, BLK-021</td></tr>
 * <tr><td>reports a wrong number of bytes</td><td>BLK-024</td></tr>
 * <tr><td>leaves requests behind in quiesce, reset or close</td>
 *     <td>DRV-010, DRV-012, BLK-057</td></tr>
 * <tr><td>leaves a thread or a timer behind, or calls the host after close</td><td>DRV-009</td></tr>
 * <tr><td>takes too long over a control call</td><td>DRV-019</td></tr>
 * <tr><td>throws</td><td>DRV-006, DRV-008, DRV-013, DRV-014, DRV-017</td></tr>
 * <tr><td>tells a secret in a log line, a health message or an exception</td><td>DRV-015</td></tr>
 * <tr><td>agrees to more than was offered, or differently each time</td><td>BLK-001, BLK-002</td></tr>
 * <tr><td>changes its geometry, identity, migration or queues</td>
 *     <td>BLK-009, BLK-014, BLK-015, BLK-063, BLK-064, DRV-007</td></tr>
 * </table>
 *
 * <p>Of a NIC driver the same is watched, by the clauses NET-025 to NET-036, and besides: what it
 * hands over without agreement (NET-005), frames that are too long (NET-015), bytes written beyond
 * a frame (NET-018) or into one that it sends (NET-019), buffers kept at rest (NET-069, NET-071,
 * NET-072), a link that changes in silence (NET-008) and counters that go back (NET-067).
 *
 * <p>What it cannot see by itself, such as wrong data or lost writes, is for tests to ask and for
 * the compatibility suite to certify.
 *
 * <h2>How memory is watched</h2>
 *
 * <p>Each segment of each request is a region of its own, between guard zones. When the request
 * completes, the memory is taken back as {@link org.tenon.kit.testing.LentMemory} says: revoked, so
 * that any use throws, or filled with poison and looked at again. A thread that is made by the
 * driver itself is found like one that the host made; virtual threads are not.
 *
 * <p>Other packages: {@code fault} makes a right driver wrong, {@code storage} watches and fails
 * the files below a driver, {@code wire} holds the other end of a card, {@code virtio} is a guest
 * in front of a disk.
 */
@NullMarked
package org.tenon.kit.testing;

import org.jspecify.annotations.NullMarked;
