package org.tenon.hv.attach;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import org.tenon.spi.Driver;
import org.tenon.spi.DriverException;
import org.tenon.spi.Migration;

/** Takes a driver's state out of it, and puts it into another. Control thread. */
final class DriverMigration {
  private DriverMigration() {}

  /**
   * What the driver, in QUIESCED, has to be saved.
   *
   * @throws DriverRefused with its reason when it cannot be
   */
  static DriverState save(Driver driver) throws IOException, DriverRefused {
    return switch (driver.migration()) {
      case Migration.Refused refused -> throw new DriverRefused(refused.reason());
      case Migration.Stateless stateless -> DriverState.NONE;
      case Migration.Stateful stateful -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stateful.saver().save(out);
        if (out.size() > DriverState.MOST_BYTES) {
          throw new DriverRefused(
              "its state has %d bytes, of which a machine keeps %d at most"
                  .formatted(out.size(), DriverState.MOST_BYTES));
        }
        String content = HexFormat.of().formatHex(out.toByteArray());
        yield new DriverState(stateful.kind().value(), stateful.version(), content);
      }
    };
  }

  /**
   * Gives the driver, in OPENED, what another has saved.
   *
   * @throws DriverRefused where it is not for this driver
   */
  static void restore(Driver driver, DriverState saved)
      throws IOException, DriverException, DriverRefused {
    String own = "";
    int version = 0;
    if (driver.migration() instanceof Migration.Stateful stateful) {
      own = stateful.kind().value();
      version = stateful.version();
    }
    if (!own.equals(saved.kind()) || saved.version() > version) {
      throw new DriverRefused(
          "it reads %s, and was saved with %s"
              .formatted(describe(own, version), describe(saved.kind(), saved.version())));
    }
    if (driver.migration() instanceof Migration.Stateful stateful) {
      ByteArrayInputStream in = new ByteArrayInputStream(HexFormat.of().parseHex(saved.content()));
      stateful.restorer().restore(saved.version(), in);
      if (in.available() > 0) {
        throw new DriverRefused(in.available() + " bytes of its state are left over");
      }
    }
  }

  private static String describe(String kind, int version) {
    return kind.isEmpty() ? "no state" : "state '%s' of version %d".formatted(kind, version);
  }

  /** Why a driver's state cannot move, in one line. */
  static final class DriverRefused extends Exception {
    private static final long serialVersionUID = 1L;

    DriverRefused(String reason) {
      super(reason);
    }
  }
}
