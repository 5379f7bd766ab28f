package org.tenon.hv.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ControlSocketTest {
  @TempDir private Path folder;

  private static String say(Path path, String text) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      client.shutdownOutput();
      return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void eachLineIsAnswered() throws IOException {
    Path path = folder.resolve("socket");
    try (ControlSocket socket = ControlSocket.open(path, line -> "<" + line + ">")) {
      assertThat(socket).isNotNull();
      assertThat(say(path, "one\ntwo words\n")).isEqualTo("<one>\n<two words>\n");
      assertThat(say(path, "the last without its end")).isEqualTo("<the last without its end>\n");
      assertThat(say(path, "")).isEmpty();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
    }
    assertThat(path).as("removed with its run").doesNotExist();
  }

  @Test
  void whatIsThereAlreadyIsLeftAlone() throws IOException {
    Path path = Files.writeString(folder.resolve("socket"), "a letter");
    assertThatThrownBy(() -> ControlSocket.open(path, line -> "")).isInstanceOf(IOException.class);
    assertThat(path).hasContent("a letter");
  }
}
