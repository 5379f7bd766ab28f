package org.tenon.kit.testing.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tenon.kit.testing.storage.StorageEvent.Change;

class PowerCutTest {
  private static final String DISK = "/disk";
  private final Ticks ticks = new Ticks();
  private final StorageLog log = new StorageLog(ticks);
  private final StorageImage base = new StorageImage();

  PowerCutTest() {
    base.put(0, DISK, new byte[4 * PowerCut.SECTOR]);
  }

  private Change write(int sector, int sectors, int value) {
    return log.write(0, 1, (long) sector * PowerCut.SECTOR, filled(sectors, value), false);
  }

  private static byte[] filled(int sectors, int value) {
    byte[] bytes = new byte[sectors * PowerCut.SECTOR];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private void force() {
    log.end(log.force(0, StorageEvent.Force.EVERY_CHANNEL));
  }

  private PowerCut now() {
    return new PowerCut(base, log.events(), ticks.next());
  }

  /** The first byte of each sector of each image. */
  private static Set<List<Integer>> sectors(List<CrashImage> images) {
    Set<List<Integer>> all = new HashSet<>();
    for (CrashImage image : images) {
      List<Integer> values = new ArrayList<>();
      byte[] bytes = image.contents().contents(DISK);
      for (int at = 0; at < bytes.length; at += PowerCut.SECTOR) {
        values.add((int) bytes[at]);
      }
      all.add(values);
    }
    return all;
  }

  @Test
  void everySectorOfAPendingWriteMayBeThereOrNot() {
    log.end(write(1, 2, 7));
    PowerCut images = now();
    assertThat(images.legal()).isEqualTo(BigInteger.valueOf(4));
    assertThat(sectors(images.choose(1, 100)))
        .containsExactlyInAnyOrder(
            List.of(0, 0, 0, 0), List.of(0, 7, 7, 0), List.of(0, 7, 0, 0), List.of(0, 0, 7, 0));
  }

  @Test
  void aForceSettlesWhatHadEndedBeforeItBegan() {
    log.end(write(0, 1, 1));
    Change late = write(1, 1, 2);
    StorageEvent.Force force = log.force(0, StorageEvent.Force.EVERY_CHANNEL);
    log.end(late);
    long during = ticks.next();
    log.end(force);
    assertThat(new PowerCut(base, log.events(), during).pending()).isEqualTo(2);
    PowerCut after = now();
    assertThat(after.pending()).isEqualTo(1);
    assertThat(sectors(after.choose(1, 100)))
        .containsExactlyInAnyOrder(List.of(1, 0, 0, 0), List.of(1, 2, 0, 0));
  }

  @Test
  void aForceThatFailedSettlesNothing() {
    log.end(write(0, 1, 1));
    log.force(0, StorageEvent.Force.EVERY_CHANNEL);
    assertThat(now().pending()).isEqualTo(1);
  }

  @Test
  void aForceOfOneChannelLeavesTheOthersPending() {
    log.end(write(0, 1, 1));
    log.end(log.force(0, 2));
    assertThat(now().pending()).isEqualTo(1);
    log.end(log.force(0, 1));
    assertThat(now().pending()).isZero();
  }

  @Test
  void aDurableWriteIsSettledByItsEnd() {
    Change change = log.write(0, 1, 0, filled(1, 1), true);
    assertThat(now().pending()).isEqualTo(1);
    log.end(change);
    assertThat(now().pending()).isZero();
  }

  @Test
  void aSettledWriteCoversAnEarlierPendingOne() {
    Change early = write(0, 1, 1);
    log.end(write(0, 1, 2));
    force();
    assertThat(early.ended()).isEqualTo(Ticks.NEVER);
    assertThat(sectors(now().choose(1, 100))).containsExactly(List.of(2, 0, 0, 0));
  }

  @Test
  void nothingAfterTheCutHappened() {
    log.end(write(0, 1, 1));
    long cut = ticks.next();
    log.end(write(1, 1, 2));
    force();
    assertThat(sectors(new PowerCut(base, log.events(), cut).choose(1, 100)))
        .containsExactlyInAnyOrder(List.of(0, 0, 0, 0), List.of(1, 0, 0, 0));
  }

  /** Every one of the legal images comes, given room, and none else, and none twice. */
  @Test
  void theEnumerationIsTheModel() {
    log.end(write(0, 2, 1));
    force();
    log.end(write(1, 2, 2));
    write(2, 2, 3);
    log.end(log.zeroes(0, 1, 0, PowerCut.SECTOR, false));
    Set<List<Integer>> expected = new HashSet<>();
    for (int choice = 0; choice < 32; choice++) {
      expected.add(
          List.of(
              (choice & 1) != 0 ? 0 : 1,
              (choice & 2) != 0 ? 2 : 1,
              (choice & 8) != 0 ? 3 : (choice & 4) != 0 ? 2 : 0,
              (choice & 16) != 0 ? 3 : 0));
    }
    PowerCut images = now();
    assertThat(images.legal()).isEqualTo(BigInteger.valueOf(32));
    assertThat(sectors(images.choose(5, 400))).isEqualTo(expected);
  }

  @Test
  void aBoundKeepsNoneAndAllAndTheSameSeedTheSameChoice() {
    for (int i = 0; i < 20; i++) {
      log.end(write(i % 3, 2, i + 1));
    }
    long cut = ticks.next();
    List<CrashImage> images = new PowerCut(base, log.events(), cut).choose(9, 10);
    assertThat(images).hasSize(10);
    assertThat(images.get(0).kind()).isEqualTo(CrashImage.Kind.NONE);
    assertThat(images.get(1).kind()).isEqualTo(CrashImage.Kind.ALL);
    assertThat(new PowerCut(base, log.events(), cut).choose(9, 10).stream().map(CrashImage::label))
        .isEqualTo(images.stream().map(CrashImage::label).toList());
  }
}
