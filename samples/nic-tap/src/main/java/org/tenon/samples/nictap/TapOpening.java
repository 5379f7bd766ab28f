package org.tenon.samples.nictap;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Status;
import org.tenon.samples.nictap.ffi.NetworkNamespace;
import org.tenon.samples.nictap.ffi.SystemCallException;
import org.tenon.samples.nictap.ffi.TapInterface;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicHost;

/**
 * Opens the interface. A network namespace belongs to a thread: one in another namespace is opened
 * by a thread that enters it and ends; what it opened stays there.
 */
final class TapOpening {
  private final NicAgreement agreement;
  private final TapSettings settings;
  private final NicHost host;
  private @Nullable TapInterface opened;
  private @Nullable SystemCallException failure;

  TapOpening(NicAgreement agreement, TapSettings settings, NicHost host) {
    this.agreement = agreement;
    this.settings = settings;
    this.host = host;
  }

  /** The interface. On failure nothing stays open. */
  TapInterface open() throws DriverException {
    if (!TapInterface.isAvailable()) {
      throw new DriverException(
          Status.UNSUPPORTED,
          "TAP interfaces need 64-bit Linux and native access: run there, and let the host grant"
              + " the bundle nativeAccess");
    }
    if (settings.namespace().isPresent()) {
      Path namespace = settings.namespace().get();
      Thread opener = host.newThread("open", () -> openIn(namespace));
      opener.start();
      TapNicDriver.join(opener);
    } else {
      openHere();
    }
    TapInterface result = opened;
    if (result != null) {
      return result;
    }
    throw failure == null
        ? new DriverException(Status.IO_ERROR, "the thread that opens the TAP interface failed")
        : explain(failure);
  }

  private void openIn(Path namespace) {
    try {
      NetworkNamespace.enter(namespace);
      openHere();
    } catch (SystemCallException e) {
      failure = e;
    }
  }

  private void openHere() {
    int arriving =
        (agreement.has(NicCapabilities.RECEIVE_CHECKSUM) ? TapInterface.ARRIVES_UNFINISHED : 0)
            | (agreement.has(NicCapabilities.RECEIVE_JOINED) ? TapInterface.ARRIVES_JOINED : 0);
    try {
      int queues = Math.min(settings.queues(), agreement.queuePairs());
      opened = TapInterface.open(settings.name(), queues, arriving);
    } catch (SystemCallException e) {
      failure = e;
    }
  }

  private DriverException explain(SystemCallException e) {
    String step = String.valueOf(e.getMessage());
    String what = "cannot open TAP interface '" + settings.name() + "': " + step + "; ";
    if (step.contains("/dev/net/tun)")) {
      return e.saysNotAllowed()
          ? new DriverException(
              Status.DENIED, what + "let this user read and write /dev/net/tun", e)
          : new DriverException(
              Status.NOT_READY, what + "load the kernel's module: modprobe tun", e);
    }
    if (settings.namespace().isPresent() && step.contains(settings.namespace().get() + ")")) {
      return explainNamespace(e, what, settings.namespace().get());
    }
    if (e.saysNotAllowed()) {
      return new DriverException(
          Status.DENIED,
          what
              + "run with CAP_NET_ADMIN, or have root make it for this user: ip tuntap add dev "
              + settings.name()
              + " mode tap multi_queue user NAME",
          e);
    }
    if (e.saysBusy()) {
      return new DriverException(
          Status.CONFLICT,
          what + "another program or card has it: close that one, or give another interface",
          e);
    }
    if (e.saysInvalid()) {
      return new DriverException(
          Status.CONFLICT,
          what + "an interface of another kind has this name: give another interface",
          e);
    }
    return new DriverException(Status.IO_ERROR, what + "see the kernel's log", e);
  }

  private static DriverException explainNamespace(
      SystemCallException e, String what, Path namespace) {
    if (e.saysNotFound()) {
      return new DriverException(
          Status.NOT_READY,
          what + "make the namespace: ip netns add " + namespace.getFileName(),
          e);
    }
    if (e.saysNotAllowed()) {
      return new DriverException(
          Status.DENIED,
          what + "run with CAP_SYS_ADMIN, or start the whole host inside: ip netns exec",
          e);
    }
    return new DriverException(
        Status.INVALID, what + "give a network namespace, such as /run/netns/NAME", e);
  }
}
