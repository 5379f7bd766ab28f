package org.tenon.hv.app.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where guests are kept: {@code $XDG_CACHE_HOME/tenon/guest}, or {@code ~/.cache/tenon/guest}.
 *
 * @param folder the folder
 */
public record GuestStore(Path folder) {
  /** The user's store. */
  public static GuestStore ofUser() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
  }

  static GuestStore of(Map<String, String> environment, Path home) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path root = Path.of(cache);
    // The XDG specification has relative paths ignored.
    return new GuestStore(
        (root.isAbsolute() ? root : home.resolve(".cache")).resolve("tenon").resolve("guest"));
  }

  /** The kernel. */
  public Path kernel() {
    return folder.resolve("vmlinuz");
  }

  /** The initial RAM disk. */
  public Path initramfs() {
    return folder.resolve("initramfs.cpio.gz");
  }

  /** Whether both are there. */
  public boolean isComplete() {
    return Files.isRegularFile(kernel()) && Files.isRegularFile(initramfs());
  }
}
