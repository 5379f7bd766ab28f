package org.tenon.spi.device;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Stability;
import org.tenon.spi.Host;

/**
 * What surrounds a PCI function. Implemented by the host; every method may be called by any thread,
 * as {@link Host} says, and none throws.
 *
 * <p><b>What repeats.</b> Under a host's virtual clock the same guest gives the same run, to the
 * instruction, as long as everything that the guest can see (an interrupt, a byte of its memory, a
 * register) changes on the device thread: in a call of {@link DeviceDriver}, in a timer of {@link
 * #clock()}, or in work handed back with {@link #onBoard}. What other threads do to the guest, and
 * when a {@link BoardCall} is raised, comes from the outside world and does not repeat.
 *
 * <p><b>Time.</b> {@link #clock()} is machine time: its timers run on the device thread, between
 * two instructions, and stand still while the machine does. A thread of the driver's own reads the
 * time of the last call.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface DeviceHost extends Host {
  /**
   * Sends an interrupt message. Nothing happens unless the guest has enabled messages; one that it
   * masks, or forbids by taking bus mastering away, is pending and goes out once when it may.
   * Allocates nothing. Signals of one vector that come together may become one message.
   *
   * @param vector 0 to {@link DeviceAgreement#vectors()} − 1; another is the driver's fault
   */
  void signal(int vector);

  /**
   * Drives the interrupt pin, which keeps its level until driven again or reset. It stays low at
   * the guest's side while messages are enabled or the guest has disabled the pin. Allocates
   * nothing. Needs {@link DeviceCapabilities#INTX}.
   */
  void setIntx(boolean asserted);

  /** Whether the guest uses messages, and not the pin. */
  boolean messagesEnabled();

  /** Whether the guest lets the function use its memory: bit 2 of the command register. */
  boolean busMasterEnabled();

  /**
   * Copies guest memory out, in one piece or, where the range lies in several regions of RAM, in
   * order of address. Allocates nothing. Needs {@link DeviceCapabilities#BUS_MASTER}.
   *
   * @param address guest-physical, as the guest's driver wrote it; unsigned
   * @param into where to
   * @param offset in {@code into}, bytes
   * @param length bytes, from 0
   * @return {@link org.tenon.api.Status#OK}; {@code DENIED} while bus mastering is off; {@code
   *     OUT_OF_RANGE} where part of the range is no RAM; {@code INVALID} where {@code into} does
   *     not hold offset and length. Nothing is copied unless OK.
   */
  int dmaRead(long address, MemorySegment into, long offset, long length);

  /**
   * Copies into guest memory; otherwise as {@link #dmaRead}. What is written before {@link #signal}
   * is there when the guest's handler runs.
   *
   * @param from where from; not changed
   */
  int dmaWrite(long address, MemorySegment from, long offset, long length);

  /**
   * Borrows guest memory, for rings and buffers that live long; a packet is cheaper to copy. Needs
   * {@link DeviceCapabilities#BUS_MASTER}.
   *
   * @param address guest-physical; unsigned
   * @param length bytes, from 1
   * @param access a code of {@link DmaAccess}
   * @return the lease; null while bus mastering is off, where part of the range is no RAM, or when
   *     {@link DeviceOffer#maxLeases()} are out
   */
  @Nullable DmaLease lease(long address, long length, int access);

  /**
   * Prepares work for the device thread, which any thread may then ask for, without an allocation:
   * how a driver's own thread brings news. Prepared once, in {@code open}, for each kind of news.
   *
   * @param work runs like a call of {@link DeviceDriver}, in RUNNING only; must not block
   */
  BoardCall onBoard(Runnable work);
}
