package org.tenon.hv.app;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestException;
import org.tenon.hv.app.guest.GuestFetch;
import org.tenon.hv.app.guest.GuestStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tenon guest fetch}: a kernel and an initial RAM disk into the user's cache. */
@Command(
    name = "fetch",
    header = "Get a Debian kernel and busybox through apt, and make an initial RAM disk of them.",
    footer = {"", "Example: tenon guest fetch && tenon run --append console=ttyS0"})
final class GuestFetchCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--kernel",
      paramLabel = "NAME|FILE",
      defaultValue = "cloud",
      description =
          "cloud, cloud-6.12 or standard: Debian's kernel for virtual machines, the same of Linux"
              + " 6.12, or the one for every PC; or a kernel file of your own (default:"
              + " ${DEFAULT-VALUE}).")
  private String kernel = "";

  @Option(
      names = "--busybox",
      paramLabel = "FILE",
      description = "A static busybox of your own instead of Debian's.")
  private @Nullable Path busybox;

  GuestFetchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InputException {
    Optional<DebianKernel> named = DebianKernel.of(kernel);
    DebianKernel debian = named.orElse(DebianKernel.CLOUD);
    Optional<Path> file = named.isPresent() ? Optional.empty() : Optional.of(Path.of(kernel));
    GuestStore store = GuestStore.ofUser(debian);
    try {
      new GuestFetch(store, debian, line -> console.err().println(line))
          .fetch(file, Optional.ofNullable(busybox));
    } catch (GuestException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
    console.print("kernel " + store.kernel());
    console.print("initrd " + store.initramfs());
    return ExitStatus.OK;
  }
}
