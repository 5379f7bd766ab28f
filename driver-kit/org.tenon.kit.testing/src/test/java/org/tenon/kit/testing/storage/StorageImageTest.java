package org.tenon.kit.testing.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log explains of the storage, when changes overlap in time. */
class StorageImageTest {
  private static final int FILE = 0;
  private static final int CHANNEL = 1;

  @TempDir Path folder;
  private Path file;
  private final StorageLog log = new StorageLog(new Ticks());
  private final StorageImage base = new StorageImage();

  @BeforeEach
  void begin() throws IOException {
    file = Files.write(folder.resolve("image"), filled((byte) 0));
    base.put(FILE, file.toString(), filled((byte) 0));
  }

  private static byte[] filled(byte value) {
    byte[] bytes = new byte[1024];
    Arrays.fill(bytes, value);
    return bytes;
  }

  private StorageEvent.Change write(byte value) {
    return log.write(FILE, CHANNEL, 0, filled(value), false);
  }

  private boolean explainsOnDisk(byte value) throws IOException {
    Files.write(file, filled(value));
    return base.explains(log.events());
  }

  @Test
  void ofTwoChangesInFlightTogetherEitherMayBeTheLater() throws IOException {
    StorageEvent.Change first = write((byte) 1);
    StorageEvent.Change second = write((byte) 2);
    log.end(second);
    log.end(first);

    assertThat(explainsOnDisk((byte) 1)).isTrue();
    assertThat(explainsOnDisk((byte) 2)).isTrue();
    assertThat(explainsOnDisk((byte) 0)).isFalse();
  }

  @Test
  void aChangeThatBeganAfterAnotherEndedIsTheLater() throws IOException {
    log.end(write((byte) 1));
    log.end(write((byte) 2));

    assertThat(explainsOnDisk((byte) 2)).isTrue();
    assertThat(explainsOnDisk((byte) 1)).isFalse();
  }

  @Test
  void aChangeThatNeverEndedMayHaveHappenedOrNot() throws IOException {
    write((byte) 1);

    assertThat(explainsOnDisk((byte) 0)).isTrue();
    assertThat(explainsOnDisk((byte) 1)).isTrue();
    assertThat(explainsOnDisk((byte) 2)).isFalse();
  }
}
