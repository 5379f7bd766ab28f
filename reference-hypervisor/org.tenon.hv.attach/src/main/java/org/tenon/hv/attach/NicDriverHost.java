package org.tenon.hv.attach;

import org.tenon.spi.net.NicFrames;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicLink;
import org.tenon.spi.net.NicMemory;

/** The host as one NIC driver sees it. */
final class NicDriverHost extends DriverHost implements NicHost {
  private final NicAttachment attachment;

  NicDriverHost(NicAttachment attachment, AttachContext context, String driverId) {
    super(attachment, context, driverId);
    this.attachment = attachment;
  }

  @Override
  public NicFrames frames(int queue) {
    return attachment.frames(queue);
  }

  @Override
  public NicMemory buffers(int queue) {
    return attachment.buffers(queue);
  }

  @Override
  public void transmitted(int queue, int tag, int status) {
    attachment.transmitted(queue, tag, status);
  }

  @Override
  public void received(int queue, int tag, int bytes, int flags, long offload) {
    attachment.received(queue, tag, bytes, flags, offload);
  }

  @Override
  public void returned(int queue, int tag) {
    attachment.returned(queue, tag);
  }

  @Override
  public void queueReady(int queue) {
    attachment.queueReady(queue);
  }

  @Override
  public void linkChanged(NicLink now) {
    attachment.linkChanged(now);
  }
}
