package org.tenon.hv.app;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tenon lab} reads: guests and the switches that join them; docs/how-to/connect-guests
 * shows one.
 *
 * @param bundles where drivers and extensions come from, relative to the file
 * @param switches at least one
 * @param guests at least one
 */
record LabFile(List<String> bundles, List<Switch> switches, List<Guest> guests) {
  private static final ObjectMapper YAML =
      new ObjectMapper(new YAMLFactory()).enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** Fills in what the file leaves out. */
  LabFile {
    bundles = orEmpty(bundles);
    switches = orEmpty(switches);
    guests = orEmpty(guests);
  }

  /**
   * A switch.
   *
   * @param name for ports to name it
   * @param mtu of all its ports; 1500 if not given
   * @param uplinks partners' NIC drivers
   * @param extensions in their order
   */
  record Switch(
      String name, @Nullable Integer mtu, List<Uplink> uplinks, List<Extension> extensions) {
    Switch {
      uplinks = orEmpty(uplinks);
      extensions = orEmpty(extensions);
    }
  }

  /**
   * A way out.
   *
   * @param name of the port
   * @param driver its id
   * @param settings the driver's
   * @param vlan of an access port; none for a trunk
   * @param trunk the VLANs of a trunk; all if empty
   */
  record Uplink(
      String name,
      String driver,
      Map<String, String> settings,
      @Nullable Integer vlan,
      Set<Integer> trunk) {
    Uplink {
      settings = settings == null ? Map.of() : settings;
      trunk = trunk == null ? Set.of() : trunk;
    }
  }

  /**
   * A vendor's part in forwarding.
   *
   * @param driver its id
   * @param fail open or closed: what its switch does when it breaks a promise
   * @param settings its own
   */
  record Extension(String driver, @Nullable String fail, Map<String, String> settings) {
    Extension {
      settings = settings == null ? Map.of() : settings;
    }
  }

  /**
   * A guest.
   *
   * @param name before each line of its console
   * @param kernel a file, or the name of a fetched guest; cloud if not given
   * @param initrd a file; the fetched guest's if not given
   * @param append kernel parameters
   * @param memory such as 256M
   * @param cpus how many
   * @param disks as --disk says them
   * @param nics its cards
   */
  record Guest(
      String name,
      @Nullable String kernel,
      @Nullable String initrd,
      @Nullable String append,
      @Nullable String memory,
      @Nullable Integer cpus,
      List<String> disks,
      List<Card> nics) {
    Guest {
      disks = orEmpty(disks);
      nics = orEmpty(nics);
    }
  }

  /**
   * A card at a switch.
   *
   * @param port the switch's name
   * @param mac its address; one is made up if not given
   * @param vlan of an access port; none for a trunk
   * @param trunk the VLANs of a trunk; all if empty
   * @param floods how many frames a second it may send to all
   */
  record Card(
      @JsonProperty("switch") String port,
      @Nullable String mac,
      @Nullable Integer vlan,
      Set<Integer> trunk,
      @Nullable Integer floods) {
    Card {
      trunk = trunk == null ? Set.of() : trunk;
    }
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** Reads one; the message of the exception says where it is wrong. */
  static LabFile read(Path file) throws InputException {
    try {
      LabFile lab = YAML.readValue(Files.readString(file), LabFile.class);
      if (lab == null || lab.guests().isEmpty() || lab.switches().isEmpty()) {
        throw new InputException(file + ": a lab has at least one of switches and one of guests");
      }
      return lab;
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new InputException("%s%s: %s".formatted(file, where, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
