package org.tenon.hv.app.guest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Puts a guest together: gets what is missing, unpacks it, writes kernel and initial RAM disk into
 * a {@link GuestStore}.
 */
public final class GuestFetch {
  private static final String BUSYBOX_PACKAGE = "busybox-static";

  private final GuestStore store;
  private final DebianKernel debian;
  private final Consumer<String> progress;

  /**
   * Fetches into a store.
   *
   * @param debian which of Debian's kernels, where the user has none of their own
   * @param progress takes a line for each step
   */
  public GuestFetch(GuestStore store, DebianKernel debian, Consumer<String> progress) {
    this.store = store;
    this.debian = debian;
    this.progress = progress;
  }

  /**
   * Fetches.
   *
   * @param kernel a kernel file of the user's, instead of Debian's
   * @param busybox a static busybox of the user's, instead of Debian's
   */
  public void fetch(Optional<Path> kernel, Optional<Path> busybox) throws GuestException {
    try {
      Files.createDirectories(store.folder());
      Path work = Files.createTempDirectory(store.folder(), "fetch-");
      try {
        fetch(kernel, busybox, new Apt(work));
      } finally {
        deleteTree(work);
      }
    } catch (IOException e) {
      throw new GuestException(
          "cannot write to %s: %s; point XDG_CACHE_HOME at a folder with room"
              .formatted(store.folder(), e.getMessage()),
          e);
    }
  }

  private void fetch(Optional<Path> kernel, Optional<Path> busybox, Apt apt)
      throws GuestException, IOException {
    byte[] image;
    Map<String, byte[]> modules = new HashMap<>();
    if (kernel.isPresent()) {
      image = read(kernel.get());
    } else {
      String name = apt.resolveKernel(debian.metapackage());
      progress.accept("downloading " + name);
      Map<String, byte[]> files =
          DebianArchive.read(apt.download(name), GuestFetch::isKernelOrModule);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        modules.put(moduleName(file.getKey()), unpacked(file.getKey(), file.getValue()));
      }
      image = pick(files, "boot/vmlinuz-", name);
    }
    byte[] program;
    if (busybox.isPresent()) {
      program = read(busybox.get());
    } else {
      progress.accept("downloading " + BUSYBOX_PACKAGE);
      Map<String, byte[]> files =
          DebianArchive.read(apt.download(BUSYBOX_PACKAGE), path -> path.endsWith("bin/busybox"));
      program =
          files.values().stream()
              .findFirst()
              .orElseThrow(() -> new GuestException(BUSYBOX_PACKAGE + " holds no busybox"));
    }
    write(store.kernel(), image);
    write(store.initramfs(), Initramfs.make(program, modules));
    if (kernel.isEmpty() || busybox.isEmpty()) {
      write(store.tools(), new GuestTools(apt, progress).make(modules));
      write(store.recipe(), GuestTools.recipe().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean isKernelOrModule(String path) {
    String module = moduleName(path);
    return path.startsWith("boot/vmlinuz-")
        || Initramfs.MODULES.contains(module)
        || GuestTools.MODULES.contains(module);
  }

  private static String moduleName(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.xz$", "");
  }

  /** Debian packs the modules of newer kernels. */
  private static byte[] unpacked(String path, byte[] content) throws IOException {
    if (!path.endsWith(".ko.xz")) {
      return content;
    }
    try (XZCompressorInputStream in =
        new XZCompressorInputStream(new ByteArrayInputStream(content))) {
      return in.readAllBytes();
    }
  }

  private static byte[] pick(Map<String, byte[]> files, String prefix, String from)
      throws GuestException {
    return files.entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new GuestException(from + " holds no " + prefix + "…"));
  }

  private static byte[] read(Path file) throws GuestException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new GuestException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Whoever runs the guest meanwhile sees the old file or the new one. */
  private static void write(Path target, byte[] content) throws IOException {
    Path fresh = Files.createTempFile(target.getParent(), "new-", "");
    Files.write(fresh, content);
    Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
