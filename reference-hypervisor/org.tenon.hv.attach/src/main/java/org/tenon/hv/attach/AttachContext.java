package org.tenon.hv.attach;

import java.util.concurrent.Executor;
import org.tenon.hv.memory.GuestMemory;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;

/**
 * What surrounds an attachment.
 *
 * @param device the device that the driver serves, as people call it, such as {@code disk0}
 * @param memory RAM that requests refer to
 * @param clock time, real or virtual
 * @param deadlines how long to wait for the driver
 * @param control runs the driver's control calls, one at a time; {@link ControlThread} in
 *     production
 * @param listener who wants to know
 */
public record AttachContext(
    String device,
    GuestMemory memory,
    HostClock clock,
    Deadlines deadlines,
    Executor control,
    AttachListener listener) {
  /** Real time, a control thread of its own, and the default deadlines. */
  public static AttachContext of(String device, GuestMemory memory, AttachListener listener) {
    return new AttachContext(
        device,
        memory,
        SystemClock.instance(),
        Deadlines.DEFAULT,
        new ControlThread(device),
        listener);
  }

  /** The same with another thread for control calls. */
  AttachContext on(Executor thread) {
    return new AttachContext(device, memory, clock, deadlines, thread, listener);
  }
}
