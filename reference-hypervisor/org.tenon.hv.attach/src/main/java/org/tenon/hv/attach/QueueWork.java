package org.tenon.hv.attach;

/** The queues of a device model, as whoever keeps its {@link QueueSchedule} serves them. */
public interface QueueWork {
  /** How many queues there are. */
  int queueCount();

  /**
   * Does what there is to do for a queue.
   *
   * @return whether another call may find more; false means to wait for the schedule to be told
   */
  boolean poll(int queue);

  /**
   * Asks for the schedule to be told once the driver has something for a queue; false where it has
   * already.
   */
  boolean arm(int queue);
}
