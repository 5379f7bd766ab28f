package org.tenon.spi.net;

import org.tenon.api.Stability;
import org.tenon.spi.Driver;

/**
 * An open card. Life and threads are those of {@link Driver}; what that says of requests holds for
 * frames to send. Buffers are different: {@link Driver#quiesce}, {@link Driver#reset} and {@link
 * Driver#close} give those that hold no frame back by {@link NicHost#returned}, and the host posts
 * again when the driver serves again. Filter and steering outlive all but {@code close}: after a
 * reset they are as before it.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public interface NicDriver extends Driver {
  /** What the card is; the same throughout its life. Never blocks; callable by any thread. */
  NicProperties properties();

  /**
   * How the link is, from OPENED on. Changes only together with {@link NicHost#linkChanged}. Never
   * blocks; callable by any thread.
   */
  NicLink link();

  /**
   * A pair of queues, the same object each time.
   *
   * @param index 0 to {@link NicAgreement#queuePairs()} − 1
   */
  NicQueuePair queuePair(int index);

  /**
   * Chooses which frames arrive. Called by the control thread in every state but CLOSED, with
   * {@link NicCapabilities#ADDRESS_FILTER} or {@link NicCapabilities#VLAN_FILTER} only; frames that
   * come from the wire after it has returned obey it.
   */
  void setFilter(NicFilter filter);

  /**
   * Chooses where frames arrive. Called like {@link #setFilter}, with {@link
   * NicCapabilities#STEERING} only.
   *
   * @param steering names pairs below {@link NicAgreement#queuePairs()} only
   */
  void setSteering(NicSteering steering);

  /** What the driver has done. Never blocks; callable by any thread. */
  NicStatistics statistics();
}
