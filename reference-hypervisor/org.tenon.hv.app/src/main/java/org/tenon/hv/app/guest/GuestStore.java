package org.tenon.hv.app.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a guest is kept: {@code $XDG_CACHE_HOME/tenon/guest}, or {@code ~/.cache/tenon/guest}, and
 * a folder below it for every kernel but the cloud one.
 *
 * @param folder the folder
 */
public record GuestStore(Path folder) {
  /** The user's store of one kernel. */
  public static GuestStore ofUser(DebianKernel kernel) {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")), kernel);
  }

  static GuestStore of(Map<String, String> environment, Path home, DebianKernel kernel) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path root = Path.of(cache);
    // The XDG specification has relative paths ignored.
    Path guest =
        (root.isAbsolute() ? root : home.resolve(".cache")).resolve("tenon").resolve("guest");
    return new GuestStore(kernel == DebianKernel.CLOUD ? guest : guest.resolve(kernel.label()));
  }

  /** The kernel. */
  public Path kernel() {
    return folder.resolve("vmlinuz");
  }

  /** The initial RAM disk. */
  public Path initramfs() {
    return folder.resolve("initramfs.cpio.gz");
  }

  /**
   * Debian's tools for file systems, NVMe and network cards, to be unpacked after the initial RAM
   * disk.
   */
  public Path tools() {
    return folder.resolve("tools.cpio");
  }

  /** What the tools were made of. */
  Path recipe() {
    return folder.resolve("tools.txt");
  }

  /** Whether the tools are there too, as the guest tier of this version needs them. */
  public boolean hasTools() {
    return isComplete() && Files.isRegularFile(tools()) && isOfThisVersion();
  }

  private boolean isOfThisVersion() {
    try {
      return Files.readString(recipe()).equals(GuestTools.recipe());
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether kernel and initial RAM disk are there. */
  public boolean isComplete() {
    return Files.isRegularFile(kernel()) && Files.isRegularFile(initramfs());
  }
}
