package org.tenon.hv.plugin;

import java.util.Map;
import java.util.Set;

/** What the suite gives a driver of its own to work on. Immutable. */
public sealed interface Provision {
  /** Further settings, the same for every test. */
  Map<String, String> settings();

  /** The driver's configuration keys that the suite sets beside {@link #settings}. */
  Set<String> given();

  /**
   * Storage, for a block driver.
   *
   * @param kind what the storage is
   * @param setting the driver's configuration key that takes its path or URI
   */
  record Storage(StorageKind kind, String setting, Map<String, String> settings)
      implements Provision {
    /** Copies the settings. */
    public Storage {
      settings = Map.copyOf(settings);
    }

    @Override
    public Set<String> given() {
      return Set.of(setting);
    }
  }

  /** What storage is. */
  enum StorageKind {
    /** An image file; the setting takes its path. */
    FILE,
    /** An NBD server; the setting takes its URI. */
    NBD
  }

  /**
   * A wire whose other end the suite holds, for a NIC driver.
   *
   * @param kind what the wire is
   * @param roles what each of the driver's configuration keys is given, as {@link WireKind} lists
   */
  record Wire(WireKind kind, Map<String, String> roles, Map<String, String> settings)
      implements Provision {
    /** Copies the maps. */
    public Wire {
      roles = Map.copyOf(roles);
      settings = Map.copyOf(settings);
    }

    @Override
    public Set<String> given() {
      return roles.keySet();
    }
  }

  /** What a wire is. */
  enum WireKind {
    /** What is sent comes back; nothing is given. */
    LOOPBACK,
    /**
     * A Linux TAP interface in a network namespace; roles {@code interface} and {@code namespace}.
     */
    TAP,
    /** Capture files; roles {@code input} for frames to come, {@code output} for frames sent. */
    PCAP
  }

  /** Settings and nothing else, for a PCI function or an extension of the switch. */
  record SettingsOnly(Map<String, String> settings) implements Provision {
    /** Copies the settings. */
    public SettingsOnly {
      settings = Map.copyOf(settings);
    }

    @Override
    public Set<String> given() {
      return Set.of();
    }
  }
}
