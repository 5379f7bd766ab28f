package org.tenon.hv.app;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tenon.spi.net.MacAddress;
import org.tenon.spi.net.NicOffer;

/**
 * What a user says of a network card: {@code driver=ID,mac=…,queues=N,key=value…}. A comma inside a
 * value is written twice.
 *
 * @param driver the driver's id
 * @param address the card's; null for the driver's own
 * @param queuePairs the most pairs of queues
 * @param settings the driver's own
 */
record NicOption(
    String driver, @Nullable MacAddress address, int queuePairs, Map<String, String> settings) {
  /** Reads one; the message of the exception says how to write it. */
  static NicOption parse(String text) throws InputException {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String part : text.split("(?<!,),(?!,)", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new InputException(
            "--nic %s: '%s' is no key=value; write --nic driver=nic-tap,interface=tap0"
                .formatted(text, part));
      }
      String key = part.substring(0, equals);
      if (settings.put(key, part.substring(equals + 1).replace(",,", ",")) != null) {
        throw new InputException("--nic %s: %s is given twice".formatted(text, key));
      }
    }
    String driver = settings.remove("driver");
    if (driver == null) {
      throw new InputException("--nic %s: which driver? add driver=ID".formatted(text));
    }
    try {
      String address = settings.remove("mac");
      String queues = settings.remove("queues");
      return new NicOption(
          driver,
          address == null ? null : stationAddress(address),
          queues == null ? 1 : queuePairs(queues),
          settings);
    } catch (IllegalArgumentException e) {
      throw new InputException("--nic %s: %s".formatted(text, e.getMessage()), e);
    }
  }

  /** An address that one card may have. */
  static MacAddress stationAddress(String text) {
    MacAddress address = MacAddress.parse(text);
    if (address.isGroup() || address.bits() == 0) {
      throw new IllegalArgumentException(
          text + " is not one station's address: choose one like 02:00:00:00:00:01");
    }
    return address;
  }

  private static int queuePairs(String text) {
    int pairs = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
    if (pairs < 1 || pairs > NicOffer.QUEUE_PAIRS_LIMIT) {
      throw new IllegalArgumentException(
          "queues=%s: a card has 1 to %d pairs of queues"
              .formatted(text, NicOffer.QUEUE_PAIRS_LIMIT));
    }
    return pairs;
  }
}
