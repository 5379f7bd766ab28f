package org.tenon.kit.bench;

import org.tenon.api.Stability;
import org.tenon.spi.block.BlockGeometry;

/**
 * One way to a disk, which a measurement loads: straight through the driver's SPI ({@link
 * DriverPath}), or as a guest reaches it, with a device model in between ({@link VirtioDiskPath},
 * {@link NvmeDiskPath}). Opened for one measurement. Each queue is for one thread, everything else
 * for the thread that opened it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface BlockPath extends AutoCloseable {
  /** What it is called in a report, such as {@code direct}. */
  String name();

  /** How many queues there are. */
  int queues();

  /** How many requests each queue takes at one time. */
  int depth();

  /** The disk's size and limits. */
  BlockGeometry geometry();

  /** A queue, 0 to {@link #queues()} − 1. */
  Queue queue(int index);

  /**
   * Comes to rest after a measurement, with nothing in flight.
   *
   * @throws BenchException if the driver does not, or has broken its contract meanwhile
   */
  void settle() throws BenchException;

  /** Closes the driver and what is in front of it. */
  @Override
  void close();

  /**
   * A queue. Requests are tags from 0 to {@link #depth()} − 1, each with memory of its own as long
   * as the plan's requests. Nothing here allocates.
   */
  interface Queue {
    /**
     * Fills a request whose tag is not in flight; {@link #send} sends it.
     *
     * @param read whether it reads, rather than writes
     * @param block the first logical block
     */
    void put(int tag, boolean read, long block);

    /**
     * Sends what was put and what has not been accepted so far, as far as it may be offered now.
     *
     * @throws BenchException if the driver answers nonsense
     */
    void send() throws BenchException;

    /** A request that has ended; −1 if there is none. */
    int poll();

    /** When an ended request was sent, in {@link System#nanoTime()}. */
    long sent(int tag);

    /** When it ended, likewise. */
    long ended(int tag);

    /** Whether it went well. */
    boolean isOk(int tag);

    /** Waits until {@link #poll} or {@link #send} may find something, or some time has passed. */
    void await(long nanos);
  }
}
