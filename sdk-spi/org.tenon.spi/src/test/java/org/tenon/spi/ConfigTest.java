package org.tenon.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  private static final List<ConfigKey> KEYS =
      List.of(
          ConfigKey.required("path", ConfigKey.Type.PATH, "the image"),
          ConfigKey.optional("size", ConfigKey.Type.SIZE, "64M", "how large"),
          ConfigKey.optional("queues", ConfigKey.Type.INTEGER, "how many"),
          ConfigKey.optional("sync", ConfigKey.Type.FLAG, "write through"),
          ConfigKey.optional("token", ConfigKey.Type.TEXT, "the password").asSecret());

  @Test
  void readsEveryType() throws ConfigException {
    Config config =
        Config.of(
            KEYS, Map.of("path", "disk.img", "queues", "4", "sync", "true", "token", "s3cret"));

    assertThat(config.path("path")).isEqualTo(Path.of("disk.img"));
    assertThat(config.size("size")).isEqualTo(64L << 20);
    assertThat(config.integer("queues", 1, 8)).isEqualTo(4);
    assertThat(config.flag("sync")).isTrue();
    assertThat(config.text("token")).isEqualTo("s3cret");
  }

  @Test
  void namesWhatItDoesNotKnowAndWhatItWouldTake() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.of(KEYS, Map.of("path", "x", "pth", "y")))
        .withMessageContaining("'pth'")
        .withMessageContaining("[path, queues, size, sync, token]");
  }

  @Test
  void namesWhatIsMissing() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.of(KEYS, Map.of()))
        .withMessageContaining("path=… (the image)");
  }

  @ParameterizedTest
  @CsvSource({
    "size,12Q",
    "size,-1",
    "size,999999999999999999T",
    "queues,many",
    "sync,yes",
    "path,''"
  })
  void refusesAValueOfAnotherType(String key, String value) {
    Map<String, String> settings =
        key.equals("path") ? Map.of(key, value) : Map.of("path", "x", key, value);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Config.of(KEYS, settings))
        .withMessageContaining("'" + key + "'");
  }

  @ParameterizedTest
  @CsvSource({"0,0", "512,512", "4K,4096", "2G,2147483648", "1T,1099511627776"})
  void sizesAreInPowersOf1024(String text, long bytes) throws ConfigException {
    assertThat(Config.of(KEYS, Map.of("path", "x", "size", text)).size("size")).isEqualTo(bytes);
  }

  @Test
  void boundsAreTold() throws ConfigException {
    Config config = Config.of(KEYS, Map.of("path", "x", "queues", "99"));

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config.integer("queues", 1, 8))
        .withMessage("setting 'queues' is 99: give 1 to 8");
  }

  @Test
  void neverShowsASecret() throws ConfigException {
    assertThat(Config.of(KEYS, Map.of("path", "x", "token", "s3cret")).toString())
        .contains("token=•••")
        .doesNotContain("s3cret");
  }

  @Test
  void aDriverReadsOnlyWhatItDeclares() throws ConfigException {
    Config config = Config.of(KEYS, Map.of("path", "x"));

    assertThatIllegalArgumentException().isThrownBy(() -> config.text("other"));
    assertThatIllegalArgumentException().isThrownBy(() -> config.integer("size"));
  }
}
