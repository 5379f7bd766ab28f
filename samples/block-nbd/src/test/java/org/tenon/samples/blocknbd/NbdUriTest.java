package org.tenon.samples.blocknbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NbdUriTest {
  @ParameterizedTest
  @CsvSource({
    "nbd://example.com, false, example.com, 10809, , ''",
    "nbd://example.com:1234/disk, false, example.com, 1234, , disk",
    "nbds://example.com//disk, true, example.com, 10809, , /disk",
    "nbd://[::1]/hello%20world, false, [::1], 10809, , hello world",
    "nbd+unix:///disk?socket=/run/a%20b+c, false, , 0, /run/a b+c, disk",
    "nbds+unix:///?socket=/run/s, true, , 0, /run/s, ''"
  })
  void readsTheForms(
      String text, boolean tls, String host, int port, String socket, String export) {
    assertThat(NbdUri.parse(text)).isEqualTo(new NbdUri(text, tls, host, port, socket, export));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "disk.img",
        "http://example.com",
        "nbd://",
        "nbd:///disk",
        "nbd://user@host/",
        "nbd://host/?socket=/run/s",
        "nbd+unix:///disk",
        "nbd+unix://host/disk?socket=/run/s",
        "nbd+unix:///disk?socket=",
        "nbd://host/?tls-type=psk",
        "nbd://host/%00",
        "nbd://bad host"
      })
  void refusesTheRestWithTheFormsThereAre(String text) {
    assertThatThrownBy(() -> NbdUri.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nbd://host[:port]/export");
  }
}
