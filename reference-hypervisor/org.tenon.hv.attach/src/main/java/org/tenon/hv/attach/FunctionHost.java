package org.tenon.hv.attach;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Health;
import org.tenon.api.Status;
import org.tenon.spi.Deadlines;
import org.tenon.spi.HostClock;
import org.tenon.spi.device.BoardCall;
import org.tenon.spi.device.DeviceHost;
import org.tenon.spi.device.DmaLease;

/** The host as the driver of one PCI function sees it. It outlives the driver. */
final class FunctionHost implements DeviceHost {
  private final DeviceAttachment attachment;
  private final Deadlines deadlines;
  private final DriverThreads threads;
  private final System.Logger log;

  FunctionHost(
      DeviceAttachment attachment, Deadlines deadlines, DriverThreads threads, String driverId) {
    this.attachment = attachment;
    this.deadlines = deadlines;
    this.threads = threads;
    log = System.getLogger("org.tenon.driver." + driverId);
  }

  @Override
  public void signal(int vector) {
    attachment.signal(vector);
  }

  @Override
  public void setIntx(boolean asserted) {
    attachment.setIntx(asserted);
  }

  @Override
  public boolean messagesEnabled() {
    return attachment.messagesEnabled();
  }

  @Override
  public boolean busMasterEnabled() {
    return attachment.dma().isOpen();
  }

  @Override
  public int dmaRead(long address, MemorySegment into, long offset, long length) {
    return attachment.mayMaster("dmaRead")
        ? attachment.dma().read(address, into, offset, length)
        : Status.UNSUPPORTED;
  }

  @Override
  public int dmaWrite(long address, MemorySegment from, long offset, long length) {
    return attachment.mayMaster("dmaWrite")
        ? attachment.dma().write(address, from, offset, length)
        : Status.UNSUPPORTED;
  }

  @Override
  public @Nullable DmaLease lease(long address, long length, int access) {
    return attachment.mayMaster("lease") ? attachment.dma().lease(address, length, access) : null;
  }

  @Override
  public BoardCall onBoard(Runnable work) {
    return attachment.onBoard(work);
  }

  @Override
  public HostClock clock() {
    return attachment.timers();
  }

  @Override
  public Deadlines deadlines() {
    return deadlines;
  }

  @Override
  public Thread newThread(String name, Runnable work) {
    return threads.newThread(name, work);
  }

  @Override
  public System.Logger log() {
    return log;
  }

  @Override
  public void healthChanged(Health now) {
    attachment.healthChanged(now);
  }
}
