package org.tenon.hv.app.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Read from the JDK's own library, whose needs are known; and from bytes that are no object. */
class ElfObjectTest {
  private static byte[] library() throws IOException {
    return Files.readAllBytes(Path.of(System.getProperty("java.home"), "lib", "libnio.so"));
  }

  @Test
  void readsNameAndNeeds() throws IOException {
    ElfObject object = ElfObject.read(library()).orElseThrow();
    assertThat(object.name()).contains("libnio.so");
    assertThat(object.needed()).contains("libjava.so", "libc.so.6");
  }

  @Test
  void whatIsNoObjectIsNone() {
    assertThat(ElfObject.read(new byte[0])).isEmpty();
    assertThat(ElfObject.read("#!/bin/sh".repeat(20).getBytes(StandardCharsets.US_ASCII)))
        .isEmpty();
  }

  /** A damaged file is read as something or as nothing; it never ends in an exception. */
  @Test
  void damageIsNoException() throws IOException {
    byte[] whole = library();
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = Arrays.copyOf(whole, 4096 + random.nextInt(whole.length - 4096));
      for (int flip = 0; flip < 8; flip++) {
        damaged[random.nextInt(1024)] = (byte) random.nextInt();
      }
      assertThat(ElfObject.read(damaged)).isNotNull();
    }
  }
}
