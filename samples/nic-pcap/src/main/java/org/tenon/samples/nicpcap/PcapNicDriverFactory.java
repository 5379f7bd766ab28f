package org.tenon.samples.nicpcap;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Status;
import org.tenon.api.Version;
import org.tenon.api.VersionRange;
import org.tenon.spi.Config;
import org.tenon.spi.ConfigKey;
import org.tenon.spi.DriverException;
import org.tenon.spi.net.NicAgreement;
import org.tenon.spi.net.NicCapabilities;
import org.tenon.spi.net.NicDriver;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.spi.net.NicHost;
import org.tenon.spi.net.NicOffer;

/** Where the driver begins. Keeps no state; any thread may call it at any time. */
public final class PcapNicDriverFactory implements NicDriverFactory {
  private static final Identifier ID = new Identifier("nic-pcap");
  private static final VersionRange SPI = VersionRange.compatibleWith(new Version(1, 0, 0));
  private static final int MOST_FRAMES = 4096;

  /** Does nothing: opening is for {@link #open}. */
  public PcapNicDriverFactory() {}

  @Override
  public Identifier id() {
    return ID;
  }

  @Override
  public VersionRange spi() {
    return SPI;
  }

  @Override
  public List<ConfigKey> configKeys() {
    return PcapSettings.KEYS;
  }

  /** One pair: a capture knows one order. */
  @Override
  public NicAgreement negotiate(NicOffer offer) {
    return offer.accept().take(NicCapabilities.SCATTERED_RECEIVE).queueDepth(MOST_FRAMES).build();
  }

  @Override
  public NicDriver open(NicAgreement agreement, Config config, NicHost host)
      throws DriverException {
    PcapSettings settings = PcapSettings.read(config);
    CaptureReader reader = openInput(settings);
    try {
      CaptureWriter writer = openOutput(settings);
      return new PcapNicDriver(agreement, settings, reader, writer, host);
    } catch (DriverException e) {
      reader.close();
      throw e;
    }
  }

  private static CaptureReader openInput(PcapSettings settings) throws DriverException {
    Path input = settings.input();
    if (input == null) {
      return CaptureReader.ofNothing();
    }
    try {
      return CaptureReader.open(input);
    } catch (CaptureException e) {
      throw new DriverException(Status.INVALID, String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new DriverException(
          Status.NOT_READY, input + " does not exist: give a capture, or leave out input", e);
    } catch (IOException e) {
      throw new DriverException(
          Status.IO_ERROR,
          "cannot read " + input + ": " + reason(e) + "; check path and rights",
          e);
    }
  }

  private static @Nullable CaptureWriter openOutput(PcapSettings settings) throws DriverException {
    Path input = settings.input();
    Path output = settings.output();
    if (output == null) {
      return null;
    }
    try {
      if (input != null && Files.exists(output) && Files.isSameFile(input, output)) {
        throw new DriverException(
            Status.INVALID, "input and output are one file, " + output + ": give two");
      }
      return new CaptureWriter(output);
    } catch (IOException e) {
      throw new DriverException(
          Status.IO_ERROR, "cannot write " + output + ": " + reason(e) + "; check the folder", e);
    }
  }

  private static String reason(IOException e) {
    boolean said = e instanceof FileSystemException f && f.getReason() != null;
    return said ? ((FileSystemException) e).getReason() : e.getClass().getSimpleName();
  }
}
