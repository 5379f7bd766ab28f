/**
 * {@code nic-pcap}: a network card whose wire is a pair of capture files. What a capture holds
 * arrives; what is sent goes to another, for tcpdump or Wireshark to read.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.nicpcap.PcapNicDriverFactory} says what the driver is called, what
 *       it can be told ({@link org.tenon.samples.nicpcap.PcapSettings}) and what it takes from an
 *       offer.
 *   <li>{@link org.tenon.samples.nicpcap.PcapNicDriver} is the life of one open card.
 *   <li>{@link org.tenon.samples.nicpcap.Recorder}, a thread, writes frames by way of {@link
 *       org.tenon.samples.nicpcap.CaptureWriter}.
 *   <li>{@link org.tenon.samples.nicpcap.Replay}, a thread, has frames arrive that {@link
 *       org.tenon.samples.nicpcap.CaptureReader} reads, as fast as buffers are posted or at the
 *       pace at which they were captured.
 * </ol>
 *
 * <p>The control thread calls the driver, the host's other threads its queues, which only note
 * tags; files are touched by the two threads alone.
 */
@NullMarked
package org.tenon.samples.nicpcap;

import org.jspecify.annotations.NullMarked;
