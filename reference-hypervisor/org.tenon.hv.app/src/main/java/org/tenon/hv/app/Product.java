package org.tenon.hv.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.tenon.spi.Spi;
import picocli.CommandLine.IVersionProvider;

/** What this is, for {@code --version}. */
final class Product implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "tenon " + version(), "SPI " + Spi.VERSION, "Java " + Runtime.version(),
    };
  }

  /** The version of the build. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream in = Product.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
