/**
 * virtio-net (VIRTIO 1.2, 5.1) over an attached NIC driver. {@link
 * org.tenon.hv.virtio.net.NetDevice} is the device model; whoever makes it decides when its queues
 * are served.
 *
 * <pre>{@code
 * transmitq ─▶ TransmitQueue ─▶ NetHeader: checked against the frame ─▶ TransmitPort ─▶ driver
 * receiveq  ─▶ ReceiveQueue  ─▶ ReceivePort (buffers)                ─▶             driver
 *           ◀─ NetHeader, merged buffers ◀──────────────────────────────────────────┘
 * controlq  ─▶ ControlQueue  ─▶ ReceiveRules ─▶ NicFilter, NicSteering ─▶           driver
 * }</pre>
 *
 * <p>The features offered are what the driver agreed to. The data stays where it is: the driver
 * reads and writes guest memory.
 */
@NullMarked
package org.tenon.hv.virtio.net;

import org.jspecify.annotations.NullMarked;
