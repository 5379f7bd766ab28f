/**
 * PCI functions of vendors: hardware that a guest sees as the vendor's own.
 *
 * <h2>A guided tour</h2>
 *
 * <p>A partner writes two types:
 *
 * <ol>
 *   <li>a {@link org.tenon.spi.device.DeviceDriverFactory}, which takes from a {@link
 *       org.tenon.spi.device.DeviceOffer} what its function will have ({@link
 *       org.tenon.spi.device.DeviceCapabilities}) and opens
 *   <li>a {@link org.tenon.spi.device.DeviceDriver}, which says who it is ({@link
 *       org.tenon.spi.device.PciFunctionDescription}) and answers what the guest does behind its
 *       base address registers.
 * </ol>
 *
 * <p>The host keeps the configuration space: identity, sizing and relocation of BARs, the command
 * register, the MSI-X table. The driver reaches the machine through {@link
 * org.tenon.spi.device.DeviceHost}:
 *
 * <pre>{@code
 * guest ── load, store ──▶ host: which BAR? ──▶ DeviceDriver.read / write          ┐
 * machine time ──────────▶ HostClock timer ───▶ Runnable                           ├ device thread
 * a driver's own thread ─▶ BoardCall.raise ───▶ Runnable given to onBoard          ┘
 * guest memory ◀── dmaRead, dmaWrite, DmaLease ── DeviceHost ── signal, setIntx ──▶ guest's handler
 * }</pre>
 *
 * <h2>The promises</h2>
 *
 * <ul>
 *   <li><b>One thread.</b> Everything reaches the driver on the device thread, one call at a time,
 *       while the guest stands between two instructions.
 *   <li><b>Never block.</b> What takes time runs on a thread of the driver's own, which brings its
 *       news back with a {@link org.tenon.spi.device.BoardCall}.
 *   <li><b>Memory is the guest's.</b> It is reached with the guest's leave only: while bus
 *       mastering is on, and where there is RAM. Every address is the guest's word and may be a
 *       lie; a DMA call answers with a status and never throws.
 *   <li><b>A reset is a reset.</b> When {@link org.tenon.spi.device.DeviceDriver#functionReset}
 *       returns, nothing of what was under way shows any more.
 *   <li><b>The same guest, the same run.</b> A driver that acts on the device thread only and takes
 *       time from {@link org.tenon.spi.device.DeviceHost#clock()} repeats to the instruction.
 *   <li><b>Nothing throws.</b> What is wrong with a guest's access is no reason to.
 * </ul>
 *
 * <p>The sample {@code pci-hello} is a whole function in a few pages. The numbered clauses stand in
 * spec/requirements/device.yaml; the compatibility suite tests each.
 */
@NullMarked
package org.tenon.spi.device;

import org.jspecify.annotations.NullMarked;
