package org.tenon.hv.virtio.console;

import java.io.IOException;
import java.nio.file.Path;
import org.tenon.hv.virtio.stream.HostIo;
import org.tenon.hv.virtio.stream.HostStream;

/** A file that keeps what the guest writes; somebody is always there and says nothing. */
public final class FileEnd implements PortEnd {
  private final HostStream stream;

  /**
   * Makes or empties the file.
   *
   * @throws IOException where it cannot be written
   */
  public FileEnd(HostIo io, Path path) throws IOException {
    stream = io.file(path, ConsoleDevice.RING_BYTES);
  }

  @Override
  public void start(Runnable news) {}

  @Override
  public HostStream stream() {
    return stream;
  }

  @Override
  public void forget() {}

  @Override
  public void close() {
    stream.close();
  }
}
