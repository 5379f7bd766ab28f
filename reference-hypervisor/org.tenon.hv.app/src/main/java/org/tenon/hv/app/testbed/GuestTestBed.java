package org.tenon.hv.app.testbed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Map;
import java.util.Objects;
import org.tenon.hv.app.guest.CpioArchive;
import org.tenon.hv.app.guest.DebianKernel;
import org.tenon.hv.app.guest.GuestStore;
import org.tenon.hv.app.run.EngineChoice;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.machine.ClockMode;
import org.tenon.hv.machine.DiskConfig;
import org.tenon.hv.machine.DiskModel;
import org.tenon.hv.machine.Machine;
import org.tenon.hv.machine.MachineConfig;
import org.tenon.hv.machine.NicConfig;
import org.tenon.hv.machine.Trace;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.kit.testing.guest.Guest;
import org.tenon.kit.testing.guest.GuestDisk;
import org.tenon.kit.testing.guest.GuestHost;
import org.tenon.kit.testing.guest.GuestLost;
import org.tenon.kit.testing.guest.GuestNic;
import org.tenon.kit.testing.guest.GuestPlan;
import org.tenon.kit.testing.guest.GuestUnavailable;
import org.tenon.kit.testing.guest.Peripheral;
import org.tenon.spi.Config;
import org.tenon.spi.DriverException;

/**
 * Boots Debian's kernels on the simulator, with virtual time: what a guest does, and when, repeats,
 * unless the plan is a patient one. Stateless; called by the thread that runs the tests.
 */
public final class GuestTestBed implements GuestHost {
  private static final String ENGINE = "sim";
  private static final String PARAMETERS =
      "console=ttyS0 quiet loglevel=1 panic=-1 oops=panic tenon.exec=exec sh /serve.sh";

  /** For {@link java.util.ServiceLoader}. */
  public GuestTestBed() {}

  @Override
  public String name() {
    return "Tenon reference hypervisor, " + MachineType.CURRENT + " on the simulator";
  }

  @Override
  public Guest boot(GuestPlan plan) throws DriverException, GuestUnavailable, GuestLost {
    GuestStore store = store(plan.kernel());
    TestBedGuest guest = new TestBedGuest();
    try {
      Machine machine =
          new Machine(
              new MachineConfig(
                  MachineType.of(MachineType.CURRENT),
                  EngineChoice.of(ENGINE).engine(),
                  plan.processors(),
                  plan.memoryBytes(),
                  plan.patient() ? ClockMode.PATIENT : ClockMode.VIRTUAL,
                  ByteBuffer.wrap(Files.readAllBytes(store.kernel())),
                  ByteBuffer.wrap(initrd(store, plan.files())),
                  PARAMETERS,
                  guest,
                  Trace.OFF));
      guest.begin(machine);
      for (Peripheral peripheral : plan.peripherals()) {
        guest.plug(peripheral);
      }
      guest.awaitReady(plan.bootLimit());
      return guest;
    } catch (IOException e) {
      throw new GuestUnavailable("the guest cannot be read: " + e.getMessage(), e);
    } catch (BootException e) {
      throw new GuestUnavailable("%s does not start: %s".formatted(store.kernel(), e), e);
    } catch (GuestUnavailable | GuestLost | DriverException | RuntimeException e) {
      guest.close();
      throw e;
    }
  }

  private static GuestStore store(String kernel) throws GuestUnavailable {
    DebianKernel debian =
        DebianKernel.of(kernel)
            .orElseThrow(() ->
                new GuestUnavailable(
                    "no kernel is called '%s'; there are %s"
                        .formatted(kernel, DebianKernel.labels())));
    GuestStore store = GuestStore.ofUser(debian);
    if (!store.hasTools()) {
      throw new GuestUnavailable(
          "there is no %s guest with tools yet; run 'tenon guest fetch --kernel %s'"
              .formatted(kernel, kernel));
    }
    return store;
  }

  /** The fetched one, the tools, and the plan's own files: Linux unpacks one after another. */
  private static byte[] initrd(GuestStore store, Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(Files.readAllBytes(store.initramfs()));
    while (all.size() % Integer.BYTES != 0) {
      all.write(0);
    }
    all.write(Files.readAllBytes(store.tools()));
    try (InputStream serve = GuestTestBed.class.getResourceAsStream("serve.sh")) {
      byte[] script = Objects.requireNonNull(serve, "serve.sh").readAllBytes();
      all.write(
          CpioArchive.of(archive -> {
            archive.file("serve.sh", script);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
              archive.file(file.getKey().replaceFirst("^/+", ""), file.getValue());
            }
          }));
    }
    return all.toByteArray();
  }

  /**
   * Plugs one into a machine.
   *
   * @return what the machine calls it
   */
  static String plug(Machine machine, Peripheral peripheral)
      throws DriverException, GuestUnavailable {
    try {
      return switch (peripheral) {
        case GuestDisk disk -> machine.plug(config(disk));
        case GuestNic nic -> machine.plug(config(nic));
        default ->
            throw new GuestUnavailable(
                "this hypervisor cannot make a " + peripheral.getClass().getSimpleName());
      };
    } catch (AttachException e) {
      throw FaultReporter.refusal(e);
    }
  }

  private static DiskConfig config(GuestDisk disk) throws DriverException {
    DiskModel model =
        switch (disk.model()) {
          case VIRTIO -> DiskModel.VIRTIO;
          case NVME -> DiskModel.NVME;
        };
    return new DiskConfig(
        model,
        disk.driver(),
        Config.of(disk.driver().configKeys(), disk.settings(), disk.files()),
        disk.deadlines(),
        new FaultReporter(disk.faults()));
  }

  private static NicConfig config(GuestNic nic) throws DriverException {
    return new NicConfig(
        nic.driver(),
        Config.of(nic.driver().configKeys(), nic.settings()),
        null,
        nic.queuePairs(),
        nic.deadlines(),
        new FaultReporter(nic.faults()));
  }
}
