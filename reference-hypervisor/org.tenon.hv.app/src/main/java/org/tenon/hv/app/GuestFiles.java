package org.tenon.hv.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;

/**
 * What a guest is started with.
 *
 * @param kernel the kernel file
 * @param initrd the initial RAM disk; empty for none
 */
record GuestFiles(ByteBuffer kernel, ByteBuffer initrd) {
  /** No file. */
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  /**
   * Finds and maps them.
   *
   * @param kernel a file, or the name of a guest that was fetched
   * @param initrd null for the fetched guest's own, or none
   */
  static GuestFiles of(String kernel, @Nullable Path initrd) throws InputException {
    Optional<DebianKernel> debian = DebianKernel.of(kernel);
    Path kernelFile = Path.of(kernel);
    Path initrdFile = initrd;
    if (debian.isPresent()) {
      GuestStore store = GuestStore.ofUser(debian.get());
      if (!store.isComplete()) {
        throw new InputException(
            "there is no %s guest yet; run 'tenon guest fetch --kernel %s', or name a kernel file with --kernel"
                .formatted(kernel, kernel));
      }
      kernelFile = store.kernel();
      initrdFile = initrdFile == null ? store.initramfs() : initrdFile;
    }
    return new GuestFiles(map(kernelFile), initrdFile == null ? NOTHING : map(initrdFile));
  }

  private static ByteBuffer map(Path file) throws InputException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
