package org.tenon.hv.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.engine.sim.SimEngine;
import org.tenon.hv.platform.MachineType;
import org.tenon.hv.platform.boot.BootException;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigException;

/** Disks that come and go, and what of them reaches a guest's memory. */
@Timeout(120)
class HotPlugTest {
  private static final long ASKED = 5_000_000;
  private static final int FIRST_PORT = 0x1c;
  private static final int CARD = 32;

  /** Slot control, in a port's configuration space. */
  private static final int SLOT_CONTROL = 0x58;

  private static final int POWER_OFF = 0x400;

  /** In its status, in the high half. */
  private static final long BUTTON_PRESSED = 1 << 16;

  @TempDir private Path folder;
  private final MemoryDisk storage = new MemoryDisk();
  private final Semaphore gate = new Semaphore(0);
  private final Semaphore entered = new Semaphore(0);
  private final List<String> events = new CopyOnWriteArrayList<>();

  private static MachineConfig config(ClockMode clock) {
    return config(clock, MachineTest.fiveTicks().kernel());
  }

  private static MachineConfig config(ClockMode clock, ByteBuffer kernel) {
    return new MachineConfig(
        MachineType.of(MachineType.CURRENT),
        new SimEngine(),
        2,
        32 << 20,
        clock,
        kernel,
        ByteBuffer.allocate(0),
        "",
        value -> {},
        Trace.OFF);
  }

  private DiskConfig disk(DiskModel model) {
    try {
      return new DiskConfig(model, storage, Config.of(List.of(), Map.of()));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** A machine that has run for a while. */
  private Machine running() throws BootException {
    Machine machine = new Machine(config(ClockMode.VIRTUAL));
    goOn(machine, ASKED);
    return machine;
  }

  static void goOn(Machine machine, long until) {
    machine.stopAt(until);
    assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.STOPPED);
  }

  /** Turns a slot's power on and lets the bridge pass everything, as a hot-plug driver does. */
  static PokedGuest powerOn(Machine machine, int slot) {
    PokedGuest guest = new PokedGuest(machine);
    guest.config(FIRST_PORT + slot - 1, 4, 7);
    guest.config(FIRST_PORT + slot - 1, SLOT_CONTROL, 0);
    return guest;
  }

  /** Gives the card in slot 1 addresses, as a guest does for one that came while it ran. */
  static void placeBars(PokedGuest guest) {
    guest.config(CARD, 0x10, 0);
    guest.config(CARD, 0x14, 0xbf);
    guest.config(CARD, 0x18, 0xdc000000L);
  }

  private void holdBack() {
    storage.onRequest =
        () -> {
          entered.release();
          gate.acquireUninterruptibly();
          events.add("landed");
        };
  }

  /** Does something while requests are held back, which are let go when it waits or is done. */
  private void whileHeldBack(Runnable action) {
    entered.acquireUninterruptibly();
    Thread caller = Thread.currentThread();
    Thread opener =
        Thread.ofPlatform()
            .start(() -> {
              while (caller.getState() == Thread.State.RUNNABLE && !events.contains("done")) {
                Thread.onSpinWait();
              }
              gate.release(100);
            });
    action.run();
    events.add("done");
    try {
      opener.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(ClockMode.class)
  void nothingLandsOnceTheLeaveToMasterTheBusIsTaken(ClockMode clock)
      throws BootException, AttachException {
    holdBack();
    try (Machine machine = new Machine(config(clock))) {
      machine.plug(disk(DiskModel.VIRTIO));
      PokedGuest guest = new PokedGuest(machine);
      guest.virtio(1);
      machine.stopAt(20_000);
      machine.run();
      whileHeldBack(() -> guest.config(1, 4, 2));
      assertThat(events).endsWith("done").contains("landed");
      assertThat(guest.virtioAnswers()).as("nor do answers").isEqualTo("0 -1 -1 -1 -1");
      guest.config(1, 4, 6);
      machine.run();
      assertThat(guest.virtioAnswers()).isEqualTo("4 0 0 0 0");
    }
  }

  @ParameterizedTest
  @EnumSource(DiskModel.class)
  void whatIsPulledOutLeavesNothingBehind(DiskModel model) throws BootException, AttachException {
    holdBack();
    storage.onClose = () -> events.add("closed");
    try (Machine machine = running()) {
      assertThat(machine.plug(disk(model))).isEqualTo("disk0");
      PokedGuest guest = powerOn(machine, 1);
      placeBars(guest);
      ask(guest, model);
      goOn(machine, ASKED + 20_000);
      whileHeldBack(() -> machine.yank("disk0"));
      assertThat(events.subList(0, events.size() - 2)).containsOnly("landed").isNotEmpty();
      assertThat(events).endsWith("closed", "done");
      assertThat(guest.config(CARD, 0)).isEqualTo(0xffffffffL);
      assertThat(machine.disks()).isEmpty();
      assertThat(guest.virtioAnswers())
          .isEqualTo(model == DiskModel.NVME ? "0 0 0 0 0" : "0 -1 -1 -1 -1");
      assertThat(guest.nvmeAnswers()).isEmpty();
      assertThatThrownBy(() -> machine.yank("disk0"))
          .hasMessage("there is no disk0 in a hot-plug slot; these hold []");
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
    }
  }

  private static void ask(PokedGuest guest, DiskModel model) {
    switch (model) {
      case VIRTIO -> guest.virtio(CARD);
      case NVME -> guest.nvme(CARD);
    }
  }

  @ParameterizedTest
  @EnumSource(DiskModel.class)
  void aDiskThatCameLaterWorks(DiskModel model) throws BootException, AttachException {
    try (Machine machine = running()) {
      for (int i = 0; i < 20; i++) {
        assertThat(machine.plug(disk(model))).isEqualTo("disk" + i);
        powerOn(machine, 1);
        machine.yank("disk" + i);
      }
      machine.plug(disk(model));
      PokedGuest guest = powerOn(machine, 1);
      placeBars(guest);
      ask(guest, model);
      assertThat(machine.run().kind()).isEqualTo(Outcome.Kind.POWER_OFF);
      if (model == DiskModel.VIRTIO) {
        assertThat(guest.virtioAnswers()).isEqualTo("4 0 0 0 0");
      } else {
        assertThat(guest.nvmeAnswers().split(" ")).hasSize(6).allMatch(end -> end.endsWith(":0"));
      }
    }
  }

  @Test
  void theGuestLetsGoOfADisk() throws BootException, AttachException {
    storage.onClose = () -> events.add("closed");
    try (Machine machine = running()) {
      machine.plug(disk(DiskModel.VIRTIO));
      assertThat(machine.disks().getFirst().place()).isEqualTo("slot 1, no power");
      PokedGuest guest = powerOn(machine, 1);
      assertThat(machine.disks().getFirst().place()).isEqualTo("slot 1, powered");
      machine.unplug("disk0");
      assertThat(machine.disks().getFirst().place()).isEqualTo("slot 1, leaving");
      assertThatThrownBy(() -> machine.unplug("disk0")).hasMessageContaining("asked");
      assertThat(events).isEmpty();
      guest.config(FIRST_PORT, SLOT_CONTROL, POWER_OFF);
      assertThat(events).containsExactly("closed");
      assertThat(machine.disks()).isEmpty();
    }
  }

  /** The button is pressed when the guest has had time to finish with the card before. */
  @Test
  void theButtonIsPressedWhereTheGuestHasNotTakenTheDisk() throws BootException, AttachException {
    // STI; HLT; and back to the latter.
    ByteBuffer idle = new BareProgram().bytes(0xfb, 0xf4, 0xeb, 0xfd).kernel();
    try (Machine machine = new Machine(config(ClockMode.VIRTUAL, idle))) {
      goOn(machine, ASKED);
      PokedGuest guest = new PokedGuest(machine);
      machine.plug(disk(DiskModel.VIRTIO));
      machine.plug(disk(DiskModel.VIRTIO));
      guest.config(FIRST_PORT + 1, SLOT_CONTROL, 0);
      goOn(machine, ASKED + 1_999_000_000);
      assertThat(guest.config(FIRST_PORT, SLOT_CONTROL) & BUTTON_PRESSED).isZero();
      goOn(machine, ASKED + 2_001_000_000);
      assertThat(guest.config(FIRST_PORT, SLOT_CONTROL) & BUTTON_PRESSED).isNotZero();
      assertThat(guest.config(FIRST_PORT + 1, SLOT_CONTROL) & BUTTON_PRESSED).isZero();
      machine.plug(disk(DiskModel.VIRTIO));
      machine.yank("disk2");
      goOn(machine, ASKED + 5_000_000_000L);
      assertThat(guest.config(FIRST_PORT + 2, SLOT_CONTROL) & BUTTON_PRESSED).isZero();
    }
  }

  /** A guest may turn the power off and on as it likes: the disk stays, and begins anew. */
  @Test
  void powerAloneTakesNothingOut() throws BootException, AttachException {
    try (Machine machine = running()) {
      machine.plug(disk(DiskModel.VIRTIO));
      PokedGuest guest = powerOn(machine, 1);
      guest.config(CARD, 0x3c, 9);
      guest.config(FIRST_PORT, SLOT_CONTROL, POWER_OFF);
      assertThat(guest.config(CARD, 0)).isEqualTo(0xffffffffL);
      assertThat(machine.disks()).hasSize(1);
      guest.config(FIRST_PORT, SLOT_CONTROL, 0);
      assertThat(guest.config(CARD, 0x3c)).isEqualTo(0x100);
      guest.config(FIRST_PORT, SLOT_CONTROL, POWER_OFF);
      machine.unplug("disk0");
      assertThat(machine.disks()).as("nobody needs to be asked").isEmpty();
    }
  }

  @Test
  void slotsEndAndFixedDisksStay() throws BootException, AttachException {
    try (Machine machine = new Machine(config(ClockMode.VIRTUAL))) {
      machine.plug(disk(DiskModel.VIRTIO));
      assertThatThrownBy(() -> machine.yank("disk0"))
          .hasMessageContaining("no disk0 in a hot-plug");
      for (int i = 1; i <= 4; i++) {
        machine.plug(disk(DiskModel.NVME), SlotKind.HOT_PLUG);
      }
      assertThatThrownBy(() -> machine.plug(disk(DiskModel.NVME), SlotKind.HOT_PLUG))
          .hasMessage("all 4 hot-plug slots are taken; unplug something first");
      assertThat(machine.disks())
          .extracting(DiskStatus::place)
          .containsExactly(
              "fixed", "slot 1, powered", "slot 2, powered", "slot 3, powered", "slot 4, powered");
      machine.yank("disk2");
      assertThat(machine.plug(disk(DiskModel.VIRTIO), SlotKind.HOT_PLUG)).isEqualTo("disk5");
      assertThat(machine.disks().getLast().place()).isEqualTo("slot 2, powered");
    }
  }

  /** The second slot's disk goes on in the second slot, and the ports as the guest had set them. */
  @Test
  void portsAndTheirDisksAreSaved()
      throws BootException, AttachException, IOException, StateException {
    Path file = folder.resolve("saved");
    String before;
    try (Machine machine = running()) {
      machine.plug(disk(DiskModel.VIRTIO));
      machine.plug(disk(DiskModel.NVME));
      machine.plug(disk(DiskModel.VIRTIO));
      PokedGuest guest = powerOn(machine, 2);
      guest.config(2 * CARD, 0x14, 0xbf);
      guest.config(2 * CARD, 0x10, 0x40001000);
      guest.config(2 * CARD, 4, 6);
      guest.config(FIRST_PORT + 3, 0x18, 0x090807);
      guest.config(FIRST_PORT + 3, 0x80, 0xfee00000L);
      machine.yank("disk0");
      before = spaces(guest);
      machine.save(file);
    }
    try (SavedMachine saved = SavedMachine.open(file);
        Machine machine =
            Machine.restore(
                config(ClockMode.VIRTUAL),
                saved,
                restored -> {
                  restored.plug(disk(DiskModel.NVME));
                  restored.plug(disk(DiskModel.VIRTIO));
                })) {
      assertThat(spaces(new PokedGuest(machine))).isEqualTo(before).contains("64 0: 101b36");
      assertThat(machine.disks())
          .extracting(DiskStatus::place)
          .containsExactly("slot 2, powered", "slot 3, no power");
    }
  }

  private static String spaces(PokedGuest guest) {
    StringBuilder text = new StringBuilder();
    for (int place : new int[] {0x1c, 0x1d, 0x1e, 0x1f, CARD, 2 * CARD, 3 * CARD}) {
      for (int register = 0; register < 256; register += 4) {
        text.append("%d %x: %x%n".formatted(place, register, guest.config(place, register)));
      }
    }
    return text.toString();
  }
}
