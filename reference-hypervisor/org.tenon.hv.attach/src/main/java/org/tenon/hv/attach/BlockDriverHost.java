package org.tenon.hv.attach;

import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockHost;
import org.tenon.spi.block.BlockRequests;

/** The host as one block driver sees it. */
final class BlockDriverHost extends DriverHost implements BlockHost {
  private final BlockAttachment attachment;

  BlockDriverHost(BlockAttachment attachment, AttachContext context, String driverId) {
    super(attachment, context, driverId);
    this.attachment = attachment;
  }

  @Override
  public BlockRequests requests(int queue) {
    return attachment.requests(queue);
  }

  @Override
  public void complete(int queue, int tag, int status, long bytes) {
    attachment.complete(queue, tag, status, bytes);
  }

  @Override
  public void queueReady(int queue) {
    attachment.queueReady(queue);
  }

  @Override
  public void geometryChanged(BlockGeometry now) {
    attachment.geometryChanged(now);
  }
}
