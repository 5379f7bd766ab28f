/**
 * NVMe (NVM Express base specification 1.4) from the controller's side.
 *
 * <pre>{@code
 * guest ─▶ NvmeRegisters ─▶ NvmeController ─▶ AdminCommands      identify, features, logs, queues
 *            doorbells           │
 *                                └─▶ IoQueue ─▶ BlockPort ─▶ driver
 *                                       ▲           │
 *                     CompletionQueue ◀─┴───────────┘
 * }</pre>
 *
 * <p>{@link org.tenon.hv.nvme.NvmeFunction} is the PCI function; behind it one controller with one
 * namespace, whose blocks are those of a {@link org.tenon.hv.attach.BlockAttachment}. I/O
 * submission queue <i>n</i> is served by port <i>n</i> − 1, so that there are as many as the driver
 * agreed to.
 *
 * <p>Commands are the guest's word: each is read once into a {@link org.tenon.hv.nvme.NvmeCommand},
 * and every address it names is looked up in guest RAM. What is wrong with one ends it with the
 * status the specification names, and never throws. Reading, carrying out and completing an I/O
 * command allocates nothing.
 *
 * <p>Everything runs on the run-loop thread, but the end of a reset, which comes when the driver
 * has given back what it had.
 */
@NullMarked
package org.tenon.hv.nvme;

import org.jspecify.annotations.NullMarked;
