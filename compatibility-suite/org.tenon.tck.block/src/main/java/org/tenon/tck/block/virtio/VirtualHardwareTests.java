package org.tenon.tck.block.virtio;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.tenon.api.ClauseId;
import org.tenon.kit.testing.storage.CrashImage;
import org.tenon.kit.testing.storage.ObservedStorage;
import org.tenon.kit.testing.storage.PowerCut;
import org.tenon.kit.testing.storage.StorageEvent;
import org.tenon.kit.testing.storage.StorageFaults.Failure;
import org.tenon.kit.testing.storage.StorageFaults.Operation;
import org.tenon.kit.testing.storage.Ticks;
import org.tenon.kit.testing.virtio.GuestBlockConfig;
import org.tenon.kit.testing.virtio.GuestBlockDriver;
import org.tenon.kit.testing.virtio.GuestBlockIo;
import org.tenon.kit.testing.virtio.GuestBlockRequest;
import org.tenon.kit.testing.virtio.GuestBlockResult;
import org.tenon.kit.testing.virtio.RingDefect;
import org.tenon.kit.testing.virtio.RingOptions;
import org.tenon.kit.testing.virtio.VirtioBlk;
import org.tenon.kit.testing.virtio.VirtioBlockOptions;
import org.tenon.kit.testing.virtio.VirtioFeature;
import org.tenon.kit.testing.virtio.VirtioTransport;
import org.tenon.spi.Capability;
import org.tenon.spi.DriverException;
import org.tenon.spi.block.BlockAgreement;
import org.tenon.spi.block.BlockCapabilities;
import org.tenon.spi.block.BlockGeometry;
import org.tenon.spi.block.BlockOffer;
import org.tenon.tck.block.subject.Observed;
import org.tenon.tck.block.subject.Reach;
import org.tenon.tck.block.subject.Scratch;
import org.tenon.tck.block.trial.BlockTests;
import org.tenon.tck.block.trial.Device;
import org.tenon.tck.block.trial.Trait;
import org.tenon.tck.core.Clause;
import org.tenon.tck.core.InTier;
import org.tenon.tck.core.Requires;
import org.tenon.tck.core.Tier;
import org.tenon.tck.core.run.NotRun;

/**
 * What a guest sees of the driver through a virtio-blk device. Data moves in units of 64 KiB, which
 * every block size divides.
 */
@InTier(Tier.VIRTUAL_HARDWARE)
public abstract class VirtualHardwareTests extends BlockTests {
  private static final int UNIT = 65_536;
  private static final int UNIT_SECTORS = UNIT / VirtioBlk.SECTOR;
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int UNKNOWN_TYPE = 0x7777;
  private static final long SMALL = 256L << 10;
  private static final int IMAGES = 32;

  /** For the contract. */
  protected VirtualHardwareTests() {}

  @Test
  @Clause("BLK-065")
  void guestReadsBackWhatItWrote() {
    for (RingOptions shape : VirtualDisk.SHAPES) {
      Scratch scratch = trial().scratch();
      RandomGenerator random = trial().random();
      GuestBlockDriver guest = VirtualDisk.open(trial(), scratch.direct(), shape);
      int units = (int) (guest.config().sectors() / UNIT_SECTORS);
      byte[][] contents = new byte[units][];
      for (int i = 0; i < 60; i++) {
        int unit = random.nextInt(units);
        contents[unit] = bytes(random, UNIT);
        expectOk(
            guest.perform(
                0, GuestBlockRequest.write(sector(unit), contents[unit]).pieces(pieces(random))));
      }
      for (int unit = 0; unit < units; unit++) {
        byte[] expected = contents[unit] == null ? new byte[UNIT] : contents[unit];
        GuestBlockResult read =
            expectOk(
                guest.perform(
                    0, GuestBlockRequest.read(sector(unit), UNIT).pieces(pieces(random))));
        expectData("sector " + sector(unit) + ", " + shape, expected, read.data());
      }
      guest.close();
      Device direct = trial().open(scratch.direct());
      int blocks = UNIT / direct.geometry().logicalBlockSize();
      for (int unit = 0; unit < units; unit++) {
        direct.expectData(
            (long) unit * blocks, contents[unit] == null ? new byte[UNIT] : contents[unit]);
      }
    }
  }

  @Test
  @Clause("BLK-066")
  void guestSeesTheDriversGeometry() {
    Scratch scratch = trial().scratch();
    Device direct = trial().open(scratch.direct());
    BlockGeometry geometry = direct.geometry();
    direct.close();
    GuestBlockDriver guest = VirtualDisk.open(trial(), scratch.direct(), RingOptions.PLAIN);
    GuestBlockConfig seen = guest.config();
    expectEqual("capacity in sectors", geometry.bytes() / VirtioBlk.SECTOR, seen.sectors());
    if (guest.device().has(VirtioFeature.BLK_BLK_SIZE)) {
      expectEqual("block size", geometry.logicalBlockSize(), seen.blockSize());
    } else {
      expectEqual(
          "block size of a device that tells none", geometry.logicalBlockSize(), VirtioBlk.SECTOR);
    }
    if (guest.device().has(VirtioFeature.BLK_TOPOLOGY)) {
      expectEqual(
          "physical block",
          geometry.physicalBlockSize(),
          geometry.logicalBlockSize() << seen.physicalBlockExponent());
      expectEqual("alignment offset", geometry.alignmentOffset(), seen.alignmentOffset());
    }
    if (guest.device().has(VirtioFeature.BLK_SEG_MAX) && seen.segMax() > geometry.maxSegments()) {
      throw trial()
          .violation(
              "at most " + geometry.maxSegments() + " segments for a request",
              "the guest may send " + seen.segMax());
    }
    expectEqual("read-only", geometry.readOnly(), guest.device().has(VirtioFeature.BLK_RO));
  }

  @Test
  @Clause("BLK-067")
  void featuresFollowTheAgreement() {
    Scratch scratch = trial().scratch();
    List<Set<Capability>> offers = new ArrayList<>(List.of(BlockCapabilities.ALL, Set.of()));
    for (Capability withheld : BlockCapabilities.ALL) {
      Set<Capability> offered = new TreeSet<>(BlockCapabilities.ALL);
      offered.remove(withheld);
      offers.add(offered);
    }
    for (Set<Capability> offered : offers) {
      BlockAgreement agreement;
      try {
        agreement = subject().factory().negotiate(BlockOffer.of(offered, 1, 64));
      } catch (DriverException e) {
        continue; // A driver may need what this offer withholds; NegotiationTests judges its
        // reason.
      }
      try (VirtioTransport device =
          VirtualDisk.attach(
              trial(), scratch.direct(), VirtioBlockOptions.DEFAULT.withCapabilities(offered))) {
        expectBit(
            "VIRTIO_BLK_F_FLUSH",
            agreement,
            BlockCapabilities.FLUSH,
            device,
            VirtioFeature.BLK_FLUSH);
        expectBit(
            "VIRTIO_BLK_F_DISCARD",
            agreement,
            BlockCapabilities.DISCARD,
            device,
            VirtioFeature.BLK_DISCARD);
        expectBit(
            "VIRTIO_BLK_F_WRITE_ZEROES",
            agreement,
            BlockCapabilities.WRITE_ZEROES,
            device,
            VirtioFeature.BLK_WRITE_ZEROES);
      }
    }
  }

  @Test
  @Clause("BLK-068")
  void whatWasNotOfferedIsUnsupported() {
    Scratch scratch = trial().scratch();
    GuestBlockDriver guest =
        GuestBlockDriver.open(
            VirtualDisk.attach(
                trial(), scratch.direct(), VirtioBlockOptions.DEFAULT.withCapabilities(Set.of())),
            RingOptions.PLAIN);
    byte[] data = bytes(trial().random(), UNIT);
    guest.write(0, data);
    for (GuestBlockRequest request :
        List.of(
            GuestBlockRequest.discard(0, UNIT_SECTORS),
            GuestBlockRequest.writeZeroes(0, UNIT_SECTORS, false),
            GuestBlockRequest.of(UNKNOWN_TYPE, 0, new byte[0], 0))) {
      expectStatus(request, VirtioBlk.UNSUPP, guest.perform(0, request));
      expectData("sector 0", data, guest.read(0, UNIT));
    }
  }

  @Test
  @Clause("BLK-069")
  void driversErrorReachesTheGuest() throws IOException {
    try (Observed observed = trial().scratch().observe(new Ticks())) {
      GuestBlockDriver guest = VirtualDisk.open(trial(), observed.reach(), RingOptions.PLAIN);
      byte[] data = bytes(trial().random(), UNIT);
      guest.write(0, data);
      observed
          .storage()
          .faults()
          .fail(access -> access.operation() == Operation.READ, Failure.INPUT_OUTPUT);
      GuestBlockRequest read = GuestBlockRequest.read(0, UNIT);
      GuestBlockResult failed = guest.perform(0, read);
      if (failed.isOk()) {
        throw new NotRun(
            "the driver does not reach its storage through Config.path, so no error can be"
                + " injected");
      }
      expectStatus(read, VirtioBlk.IOERR, failed);
      observed.storage().faults().clear();
      expectData("sector 0", data, guest.read(0, UNIT));
      guest.close();
    }
  }

  @Test
  @Clause("BLK-070")
  void deviceIdIsTheSerial() {
    Scratch scratch = trial().scratch();
    Device direct = trial().open(scratch.direct());
    String serial = direct.harness().driver().identity().serial();
    direct.close();
    expectEqual(
        "device ID", serial, VirtualDisk.open(trial(), scratch.direct(), RingOptions.PLAIN).id());
  }

  @Test
  @Clause("BLK-071")
  void guestResetsDuringIo() {
    for (RingOptions shape : VirtualDisk.SHAPES) {
      GuestBlockDriver guest = VirtualDisk.open(trial(), trial().scratch().direct(), shape);
      RandomGenerator random = trial().random();
      for (int round = 0; round < 5; round++) {
        byte[] kept = bytes(random, UNIT);
        guest.write(sector(40), kept);
        List<GuestBlockRequest> writes = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          writes.add(GuestBlockRequest.write(sector(i), bytes(random, UNIT)));
        }
        guest.submit(0, writes);
        guest.reset();
        expectEqual("requests in flight after a reset", 0, guest.inFlight(0));
        expectData("what was acknowledged before the reset", kept, guest.read(sector(40), UNIT));
        byte[] data = bytes(random, UNIT);
        guest.write(0, data);
        expectData("what was written after the reset", data, guest.read(0, UNIT));
      }
    }
  }

  @Test
  @Clause("BLK-072")
  void malformedRings() {
    Reach reach = trial().scratch().direct();
    byte[] data = bytes(trial().random(), UNIT);
    GuestBlockDriver first = VirtualDisk.open(trial(), reach, RingOptions.PLAIN);
    first.write(0, data);
    first.close();
    for (RingOptions shape : VirtualDisk.SHAPES) {
      GuestBlockDriver guest = VirtualDisk.open(trial(), reach, shape);
      for (RingDefect defect : RingDefect.values()) {
        RingOptions agreed = guest.device().ring(0).options();
        if (defect.fits(agreed)) {
          long status = guest.device().ring(0).publishDefect(defect);
          guest.device().transport().notifyQueue(0);
          boolean answered = guest.device().awaitUsed(0, SOON) >= 0;
          if (!answered && !guest.device().needsReset()) {
            throw trial()
                .violation(
                    "%s on %s ends in an answer or in DEVICE_NEEDS_RESET".formatted(defect, agreed),
                    "neither came");
          }
          if (guest.device().memory().get8(status) == VirtioBlk.OK) {
            throw trial()
                .violation(
                    "%s on %s ends in an error status".formatted(defect, agreed),
                    "it ended as VIRTIO_BLK_S_OK");
          }
          guest.reset();
          expectData("sector 0 after " + defect + " on " + agreed, data, guest.read(0, UNIT));
        }
      }
      guest.close();
    }
  }

  @Test
  @Requires(Trait.SEVERAL_QUEUES)
  @Clause("BLK-073")
  void everyQueueIsAcknowledgedOnItsOwn() {
    GuestBlockDriver guest =
        GuestBlockDriver.open(
            VirtualDisk.attach(
                trial(), trial().scratch().direct(), VirtioBlockOptions.DEFAULT.withQueues(4)),
            RingOptions.PLAIN);
    if (guest.queues() < 2) {
      throw trial()
          .violation("several queues for the guest, as agreed", "it has " + guest.queues());
    }
    RandomGenerator random = trial().random();
    for (int round = 0; round < 10; round++) {
      List<GuestBlockIo> sent = new ArrayList<>();
      List<byte[]> data = new ArrayList<>();
      for (int queue = 0; queue < guest.queues(); queue++) {
        byte[] bytes = bytes(random, UNIT);
        data.add(bytes);
        sent.addAll(guest.submit(queue, List.of(GuestBlockRequest.write(sector(queue), bytes))));
      }
      for (int queue = guest.queues() - 1; queue >= 0; queue--) {
        expectOk(guest.await(sent.get(queue), SOON));
        GuestBlockResult read = guest.perform(queue, GuestBlockRequest.read(sector(queue), UNIT));
        expectData("what queue " + queue + " wrote", data.get(queue), expectOk(read).data());
      }
    }
  }

  @Test
  @Requires("flush")
  @Clause("BLK-074")
  void guestsFlushSurvivesPowerCut() throws IOException {
    Scratch scratch = trial().scratch(SMALL);
    Ticks ticks = new Ticks();
    try (Observed observed = scratch.observe(ticks)) {
      RandomGenerator random = trial().random();
      GuestBlockDriver guest = VirtualDisk.open(trial(), observed.reach(), RingOptions.PLAIN);
      byte[] contents = bytes(random, (int) SMALL);
      for (int unit = 0; unit < SMALL / UNIT; unit++) {
        guest.write(sector(unit), Arrays.copyOfRange(contents, unit * UNIT, (unit + 1) * UNIT));
      }
      guest.flush();
      long cut = ticks.next();
      guest.close();
      ObservedStorage storage = observed.storage();
      if (storage.log().count(StorageEvent.Change.class) == 0) {
        throw new NotRun("the driver's storage was not seen, so no power cut can be played");
      }
      PowerCut powerCut = new PowerCut(storage.base(), storage.log().events(), cut);
      for (CrashImage image : powerCut.choose(trial().seed().value(), IMAGES)) {
        storage.restore(image.contents());
        Device after = trial().open(scratch.direct());
        after.expectData(ClauseId.parse("BLK-074"), 0, contents);
        after.close();
      }
    }
  }

  private void expectBit(
      String name,
      BlockAgreement agreement,
      Capability capability,
      VirtioTransport device,
      long bit) {
    boolean offered = (device.deviceFeatures() & bit) != 0;
    if (offered != agreement.has(capability)) {
      throw trial()
          .violation(
              "%s %s, as in the %s"
                  .formatted(
                      name, agreement.has(capability) ? "offered" : "not offered", agreement),
              offered ? "it is offered" : "it is not offered");
    }
  }

  private GuestBlockResult expectOk(GuestBlockResult result) {
    if (!result.isOk()) {
      throw trial().violation("VIRTIO_BLK_S_OK", "the guest got " + result);
    }
    return result;
  }

  private void expectStatus(GuestBlockRequest request, int status, GuestBlockResult result) {
    if (result.status() != status) {
      throw trial()
          .violation(request + " ends as " + VirtioBlk.statusName(status), "it ended as " + result);
    }
  }

  private void expectData(String what, byte[] expected, byte[] actual) {
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw trial().violation(what + " reads as written", "it differs from byte " + at + " on");
    }
  }

  private void expectEqual(String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw trial().violation(what + " is " + expected, "the guest sees " + actual);
    }
  }

  private static long sector(int unit) {
    return (long) unit * UNIT_SECTORS;
  }

  private static byte[] bytes(RandomGenerator random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Cuts a unit into a few pieces of any length. */
  private static int[] pieces(RandomGenerator random) {
    int first = random.nextInt(1, UNIT / 2);
    int second = random.nextInt(1, UNIT / 2 - 1);
    return new int[] {first, second, UNIT - first - second};
  }
}
