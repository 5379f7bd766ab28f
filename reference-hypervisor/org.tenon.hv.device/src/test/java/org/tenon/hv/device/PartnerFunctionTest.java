package org.tenon.hv.device;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tenon.api.Fault;
import org.tenon.api.Status;
import org.tenon.hv.attach.AttachException;
import org.tenon.hv.attach.DeviceAttachment;
import org.tenon.spi.HostClock;
import org.tenon.spi.device.BoardCall;
import org.tenon.spi.device.DeviceCapabilities;
import org.tenon.spi.device.DmaAccess;
import org.tenon.spi.device.DmaLease;
import org.tenon.spi.device.PciBar;
import org.tenon.spi.device.PciFunctionDescription;

/** A partner's function as its guest sees it, and what the driver can and cannot do to it. */
class PartnerFunctionTest {
  private static final long ONES = 0xffffffffL;

  private final ScriptedFunction driver = new ScriptedFunction();
  private final List<FunctionRig> rigs = new ArrayList<>();

  private FunctionRig rig() throws AttachException {
    return rig(Duration.ofSeconds(10));
  }

  private FunctionRig rig(Duration control) throws AttachException {
    FunctionRig rig = new FunctionRig(driver, control);
    rigs.add(rig);
    rig.config(FunctionRig.COMMAND, 2, FunctionRig.IO_MEMORY_MASTER);
    return rig;
  }

  @AfterEach
  void close() {
    rigs.forEach(FunctionRig::close);
  }

  private static MemorySegment text(String text) {
    return MemorySegment.ofArray(text.getBytes(US_ASCII));
  }

  private static String guestText(long address, int length) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[length]);
    assertThat(FunctionRig.MEMORY.read(address, bytes)).isTrue();
    return new String((byte[]) bytes.heapBase().orElseThrow(), US_ASCII);
  }

  private static DmaLease lent(AtomicReference<@Nullable DmaLease> lease) {
    return Objects.requireNonNull(lease.get());
  }

  @Test
  void theConfigurationSpaceSaysWhatTheDriverDescribes() throws AttachException {
    FunctionRig rig = rig();
    assertThat(rig.config(0, 4)).isEqualTo(0x56781234L);
    assertThat(rig.config(8, 4)).isEqualTo(0x02000007L);
    assertThat(rig.config(0x2c, 4)).isEqualTo(0x0042abcdL);
    assertThat(rig.config(0x3d, 1)).as("INTA").isEqualTo(1);
    assertThat(rig.config(rig.capability(0x11) + 2, 2)).as("three vectors").isEqualTo(2);
    assertThat(rig.config(rig.capability(0x11) + 4, 4) & 7).as("their BAR").isEqualTo(4);
    assertThat(rig.capability(0x13)).as("function reset").isNotZero();
  }

  @Test
  void aFunctionWithoutAPinHasNone() throws AttachException {
    driver.negotiation = offer -> offer.accept().build();
    driver.description =
        PciFunctionDescription.of(0x1234, 1, 0)
            .bar(new PciBar(0, PciBar.Kind.MEMORY32, true, 4096, 1))
            .build();
    FunctionRig rig = rig();
    assertThat(rig.config(0x3d, 1)).isZero();
    assertThat(rig.config(0x34, 1)).as("no capability").isZero();
    assertThat(rig.config(0x10, 4) & 0xf).as("prefetchable").isEqualTo(8);
  }

  @Test
  void accessesReachTheDriverOnItsOwnThread() throws AttachException {
    FunctionRig rig = rig();
    List<String> seen = new ArrayList<>();
    driver.onWrite = (bar, offset, value) -> seen.add(bar + ":" + offset + "=" + value);
    rig.write(0, 0x10, 4, 0x11223344);
    rig.write(1, 8, 2, 0x5566);
    rig.write(2, 0x8000, 4, 7);
    assertThat(seen).containsExactly("0:16=287454020", "1:8=21862", "2:32768=7");
    assertThat(rig.read(0, 0x10, 4)).isEqualTo(0x11223344);
    assertThat(rig.read(0, 0x12, 1)).as("a part of a register").isEqualTo(0x22);
    assertThat(rig.read(2, 0x8000, 8)).as("two registers").isEqualTo(7);
    assertThat(rig.attachment.faults()).isEmpty();
  }

  @Test
  void aMovedBarAnswersAtItsNewPlaceOnly() throws AttachException {
    FunctionRig rig = rig();
    rig.write(0, 4, 4, 99);
    long before = rig.base(0);
    rig.config(0x10, 4, 0xc800_0000L);
    assertThat(rig.read(0, 4, 4)).isEqualTo(99);
    assertThat(rig.memory.read(before + 4, 4)).isEqualTo(ONES);
  }

  @Test
  void messagesGoOutWhenTheGuestAllowsThem() throws AttachException {
    FunctionRig rig = rig();
    driver.onWrite = (bar, offset, value) -> driver.host().signal((int) value);
    rig.write(0, 0, 4, 1);
    assertThat(rig.messages).as("not enabled").isEmpty();
    rig.enableMessages(3);
    rig.write(0, 0, 4, 1);
    assertThat(rig.messages).containsExactly(1);
    rig.write(4, 16 + 12, 4, 1);
    rig.write(0, 0, 4, 1);
    assertThat(rig.messages).as("masked").containsExactly(1);
    rig.write(4, 16 + 12, 4, 0);
    assertThat(rig.messages).as("pending, then sent").containsExactly(1, 1);
    rig.config(FunctionRig.COMMAND, 2, 3);
    rig.write(0, 0, 4, 2);
    assertThat(rig.messages).as("no bus master").hasSize(2);
    rig.config(FunctionRig.COMMAND, 2, 7);
    assertThat(rig.messages).containsExactly(1, 1, 2);
  }

  /** Three vectors, of which a guest has allowed four, two or one (6.8.1.3). */
  @Test
  void msiGoesOutToo() throws AttachException {
    takeMsi(3);
    FunctionRig rig = rig();
    int msi = rig.capability(0x05);
    assertThat(rig.capability(0x11)).as("MSI-X").isZero();
    assertThat(rig.config(msi + 2, 2)).as("4 vectors, 64 bits, masks").isEqualTo(0x0184);
    driver.onWrite = (bar, offset, value) -> driver.host().signal((int) value);
    rig.write(0, 0, 4, 1);
    assertThat(rig.messages).as("not enabled").isEmpty();
    assertThat(driver.host().messagesEnabled()).isFalse();
    rig.config(msi + 4, 4, 0xfee00000L);
    rig.config(msi + 12, 2, 0x40);
    rig.config(msi + 2, 2, 0x21);
    assertThat(driver.host().messagesEnabled()).isTrue();
    rig.write(0, 0, 4, 2);
    assertThat(rig.messages).containsExactly(0x42);
    rig.config(msi + 2, 2, 0x11);
    rig.write(0, 0, 4, 1);
    rig.write(0, 0, 4, 2);
    assertThat(rig.messages).as("two vectors").containsExactly(0x42, 0x41, 0x40);
    rig.config(msi + 16, 4, 1);
    rig.write(0, 0, 4, 2);
    rig.write(0, 0, 4, 0);
    assertThat(rig.messages).as("masked").hasSize(3);
    rig.config(msi + 16, 4, 0);
    assertThat(rig.messages).containsExactly(0x42, 0x41, 0x40, 0x40);
    driver.onWrite = (bar, offset, value) -> driver.host().setIntx(true);
    rig.write(0, 0, 4, 0);
    assertThat(rig.wire).as("the pin is low meanwhile").doesNotContain(true);
    rig.config(msi + 2, 2, 0);
    rig.write(0, 0, 4, 0);
    assertThat(rig.wire).last().isEqualTo(true);
  }

  private void takeMsi(int vectors) {
    driver.negotiation =
        offer ->
            offer
                .accept()
                .take(
                    DeviceCapabilities.MSI, DeviceCapabilities.INTX, DeviceCapabilities.BUS_MASTER)
                .vectors(vectors)
                .build();
    driver.description =
        PciFunctionDescription.of(0x1234, 1, 0).bar(PciBar.memory32(0, 4096)).build();
  }

  @Test
  void msiHasNoMoreThan32Vectors() throws AttachException {
    takeMsi(64);
    FunctionRig rig = rig();
    assertThat(rig.attachment.agreement().vectors()).isEqualTo(32);
    assertThat(rig.config(rig.capability(0x05) + 2, 2)).isEqualTo(0x018a);
  }

  @Test
  void thePinIsLowWhileMessagesAreOn() throws AttachException {
    FunctionRig rig = rig();
    driver.onWrite = (bar, offset, value) -> driver.host().setIntx(value != 0);
    rig.write(0, 0, 4, 1);
    assertThat(rig.wire).last().isEqualTo(true);
    assertThat(rig.config(6, 2) & 8).as("interrupt status").isEqualTo(8);
    rig.write(0, 0, 4, 0);
    assertThat(rig.wire).last().isEqualTo(false);
    rig.enableMessages(1);
    rig.write(0, 0, 4, 1);
    assertThat(rig.wire).last().isEqualTo(false);
  }

  @Test
  void dmaNeedsTheGuestsLeaveAndRam() throws AttachException {
    FunctionRig rig = rig();
    MemorySegment greeting = text("greetings");
    List<Integer> answers = new ArrayList<>();
    driver.onWrite =
        (bar, offset, value) -> answers.add(driver.host().dmaWrite(value, greeting, 0, 9));
    rig.write(0, 0, 4, 0x1000);
    rig.write(0, 0, 4, (1 << 20) - 4);
    rig.write(0, 0, 4, (2 << 20) - 4);
    rig.write(0, 0, 4, 0x8000_0000L);
    rig.config(FunctionRig.COMMAND, 2, 3);
    rig.write(0, 0, 4, 0x2000);
    assertThat(answers)
        .containsExactly(
            Status.OK, Status.OK, Status.OUT_OF_RANGE, Status.OUT_OF_RANGE, Status.DENIED);
    assertThat(guestText(0x1000, 9)).isEqualTo("greetings");
    assertThat(guestText((1 << 20) - 4, 4) + guestText(1 << 20, 5)).isEqualTo("greetings");
    assertThat(guestText((2 << 20) - 4, 4)).as("nothing in part").isEqualTo("\0\0\0\0");
  }

  @Test
  void dmaRefusesWhatTheSegmentDoesNotHold() throws AttachException {
    FunctionRig rig = rig();
    MemorySegment eight = MemorySegment.ofArray(new byte[8]);
    List<Integer> answers = new ArrayList<>();
    driver.onWrite =
        (bar, offset, value) -> {
          answers.add(driver.host().dmaRead(0, eight, 4, 5));
          answers.add(driver.host().dmaRead(0, eight, -1, 4));
          answers.add(driver.host().dmaRead(0, eight, 0, -1));
          answers.add(driver.host().dmaRead(0, eight, Long.MAX_VALUE, Long.MAX_VALUE));
          answers.add(driver.host().dmaRead(0, eight.asReadOnly(), 0, 8));
          answers.add(driver.host().dmaRead(-1, eight, 0, 8));
          answers.add(driver.host().dmaRead(-1, eight, 0, 0));
        };
    rig.write(0, 0, 4, 0);
    assertThat(answers)
        .containsExactly(
            Status.INVALID,
            Status.INVALID,
            Status.INVALID,
            Status.INVALID,
            Status.INVALID,
            Status.OUT_OF_RANGE,
            Status.OK);
    assertThat(rig.attachment.faults()).isEmpty();
  }

  @Test
  void aLeaseSpansRegionsAndEndsWithTheLeave() throws AttachException {
    FunctionRig rig = rig();
    AtomicReference<@Nullable DmaLease> lease = new AtomicReference<>();
    driver.onWrite =
        (bar, offset, value) ->
            lease.set(driver.host().lease((1 << 20) - 16, 32, DmaAccess.READ_WRITE));
    rig.write(0, 0, 4, 0);
    DmaLease got = lent(lease);
    assertThat(got.parts()).isEqualTo(2);
    MemorySegment.copy(text("across"), 0, got.part(1), 0, 6);
    assertThat(guestText(1 << 20, 6)).isEqualTo("across");
    rig.config(FunctionRig.COMMAND, 2, 3);
    assertThat(got.isRevoked()).isTrue();
    assertThatThrownBy(() -> got.part(0).fill((byte) 1)).isInstanceOf(IllegalStateException.class);
    got.close();
    rig.write(0, 0, 4, 0);
    assertThat(lease.get()).as("without leave").isNull();
  }

  @Test
  void aLeaseForReadingCannotBeWritten() throws AttachException {
    FunctionRig rig = rig();
    AtomicReference<@Nullable DmaLease> lease = new AtomicReference<>();
    driver.onWrite =
        (bar, offset, value) -> lease.set(driver.host().lease(value, 16, DmaAccess.READ));
    rig.write(0, 0, 4, 0);
    assertThat(lent(lease).part(0).isReadOnly()).isTrue();
    rig.write(0, 0, 4, (2 << 20) - 8);
    assertThat(lease.get()).as("into the hole").isNull();
  }

  @Test
  void timersRingInMachineTimeOnTheDeviceThread() throws AttachException {
    FunctionRig rig = rig();
    List<String> rung = new ArrayList<>();
    AtomicReference<HostClock.@Nullable Timer> second = new AtomicReference<>();
    driver.onWrite =
        (bar, offset, value) -> {
          HostClock clock = driver.host().clock();
          clock.schedule(
              Duration.ofNanos(100),
              () -> rung.add("first at " + clock.nanoTime() + Thread.currentThread().getName()));
          second.set(clock.schedule(Duration.ofNanos(200), () -> rung.add("second")));
        };
    rig.now = 1000;
    rig.write(0, 0, 4, 0);
    rig.pass(99);
    assertThat(rung).isEmpty();
    rig.pass(1);
    assertThat(rung).containsExactly("first at 1100tenon-device-device0");
    Objects.requireNonNull(second.get()).cancel();
    rig.pass(1000);
    assertThat(rung).hasSize(1);
  }

  @Test
  void aBoardCallBringsNewsFromAnotherThread() throws Exception {
    AtomicReference<@Nullable BoardCall> call = new AtomicReference<>();
    List<Thread> ran = new ArrayList<>();
    FunctionRig rig = rig();
    driver.onWrite =
        (bar, offset, value) ->
            call.set(driver.host().onBoard(() -> ran.add(Thread.currentThread())));
    rig.write(0, 0, 4, 0);
    BoardCall prepared = Objects.requireNonNull(call.get());
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              prepared.raise();
              prepared.raise();
            });
    other.join();
    assertThat(ran).isEmpty();
    rig.boundary();
    assertThat(ran).containsExactly(driver.thread);
  }

  @Test
  void theGuestResetsTheFunction() throws AttachException {
    FunctionRig rig = rig();
    List<Boolean> mastering = new ArrayList<>();
    driver.onWrite = (bar, offset, value) -> driver.host().setIntx(true);
    driver.onReset = () -> mastering.add(driver.host().busMasterEnabled());
    rig.write(0, 0, 4, 1);
    rig.config(rig.capability(0x13) + 4, 1, 1);
    assertThat(driver.calls).endsWith("reset 1");
    assertThat(mastering).containsExactly(false);
    assertThat(rig.wire).last().isEqualTo(false);
    assertThat(rig.config(FunctionRig.COMMAND, 2)).isZero();
    assertThat(rig.config(0x10, 4)).isZero();
  }

  @Test
  void aDriverThatThrowsAnswersOnesFromThenOn() throws AttachException {
    FunctionRig rig = rig();
    driver.onRead =
        (bar, offset, value) -> {
          throw new StackOverflowError("scripted");
        };
    assertThat(rig.read(0, 0, 4)).isEqualTo(ONES);
    assertThat(rig.attachment.state()).isEqualTo(DeviceAttachment.State.QUARANTINED);
    assertThat(rig.attachment.faults())
        .singleElement()
        .extracting(Fault::kind)
        .isEqualTo(Fault.Kind.THREW);
    assertThat(rig.read(0, 4, 4)).isEqualTo(ONES);
    rig.write(0, 0, 4, 1);
    assertThat(rig.config(0, 4)).as("the configuration space stays").isEqualTo(0x56781234L);
    assertThat(driver.calls).filteredOn("write"::equals).isEmpty();
  }

  @Test
  void aDriverThatHangsKeepsTheGuestNoLongerThanTheDeadline() throws AttachException {
    FunctionRig rig = rig(Duration.ofMillis(50));
    CountDownLatch never = new CountDownLatch(1);
    driver.onRead =
        (bar, offset, value) -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    assertThat(rig.read(0, 0, 4)).isEqualTo(ONES);
    assertThat(rig.attachment.state()).isEqualTo(DeviceAttachment.State.QUARANTINED);
    assertThat(rig.attachment.faults().getFirst().kind()).isEqualTo(Fault.Kind.HUNG);
    assertThat(rig.attachment.faults().getFirst().detail())
        .contains("the read of 4 bytes at 0x0 in BAR 0 has not returned");
    assertThat(rig.read(0, 0, 4)).isEqualTo(ONES);
  }

  @Test
  void whatWasNotAgreedIsAFault() throws AttachException {
    driver.negotiation = offer -> offer.accept().take(DeviceCapabilities.INTX).build();
    driver.description =
        PciFunctionDescription.of(0x1234, 1, 0).bar(PciBar.memory32(0, 4096)).build();
    FunctionRig rig = rig();
    driver.onWrite = (bar, offset, value) -> driver.host().signal(0);
    rig.write(0, 0, 4, 0);
    assertThat(rig.attachment.faults().getFirst().clause().toString()).isEqualTo("DEV-013");
    assertThat(rig.attachment.faults().getFirst().kind()).isEqualTo(Fault.Kind.NOT_AGREED);
  }

  @Test
  void aVectorThatDoesNotExistIsAFault() throws AttachException {
    FunctionRig rig = rig();
    driver.onWrite = (bar, offset, value) -> driver.host().signal(3);
    rig.write(0, 0, 4, 0);
    assertThat(rig.attachment.faults().getFirst().detail()).isEqualTo("sent vector 3; there are 3");
  }

  @Test
  void aQuarantinedDriverReachesNoMemory() throws AttachException {
    FunctionRig rig = rig();
    AtomicReference<@Nullable DmaLease> lease = new AtomicReference<>();
    driver.onWrite =
        (bar, offset, value) -> {
          lease.set(driver.host().lease(0, 16, DmaAccess.READ_WRITE));
          driver.host().signal(99);
        };
    rig.write(0, 0, 4, 0);
    assertThat(lent(lease).isRevoked()).isTrue();
    assertThat(driver.host().dmaWrite(0, text("x"), 0, 1)).isEqualTo(Status.DENIED);
  }

  @Test
  void whatIsLeftAfterCloseIsAFault() throws AttachException {
    FunctionRig rig = rig();
    driver.onWrite =
        (bar, offset, value) -> {
          var _ = driver.host().lease(0, 16, DmaAccess.READ);
          var _ = driver.host().clock().schedule(Duration.ofSeconds(1), () -> {});
        };
    rig.write(0, 0, 4, 0);
    rig.close();
    assertThat(rig.attachment.faults())
        .singleElement()
        .extracting(Fault::detail)
        .isEqualTo("after close it still has 1 timers, 1 DMA leases");
  }

  @Test
  void aPauseStopsTimersAndAccesses() throws AttachException {
    FunctionRig rig = rig();
    List<String> rung = new ArrayList<>();
    driver.onWrite =
        (bar, offset, value) ->
            driver.host().clock().schedule(Duration.ofNanos(10), () -> rung.add("timer"));
    rig.write(0, 0, 4, 5);
    rig.attachment.quiesce().toCompletableFuture().join();
    rig.pass(20);
    assertThat(rung).isEmpty();
    assertThat(rig.read(0, 0, 4)).isEqualTo(ONES);
    rig.attachment.resume().toCompletableFuture().join();
    rig.boundary();
    rig.boundary();
    assertThat(rung).containsExactly("timer");
    assertThat(rig.read(0, 0, 4)).isEqualTo(5);
  }

  @Test
  void aDescriptionOutsideTheAgreementIsRefused() {
    driver.negotiation = offer -> offer.accept().take(DeviceCapabilities.INTX).build();
    assertThatThrownBy(() -> new FunctionRig(driver))
        .isInstanceOf(AttachException.class)
        .hasMessageContaining("is not within the agreement")
        .hasMessageContaining("DEV-006");
    assertThat(driver.calls).containsExactly("close");
  }
}
