package org.tenon.hv.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A machine type: the virtual hardware a guest sees, as spec/hardware describes it. Read once,
 * never changed.
 *
 * <p>A key that is missing, misspelt or has no sensible value makes the file unusable: it is part
 * of the specification, and a machine that differs from it must not run.
 */
public final class MachineType {
  /** The machine type that new machines get. */
  public static final String CURRENT = "tenon-1.0";

  private final Map<String, Long> numbers = new TreeMap<>();
  private final Map<String, AddressRange> ranges = new TreeMap<>();
  private final List<Cpuid> cpuid = new ArrayList<>();
  private final int[] isaPins = new int[16];
  private final String name;

  /** One row of the CPUID table. */
  public record Cpuid(int leaf, int subleaf, int eax, int ebx, int ecx, int edx) {}

  private MachineType(Properties properties) {
    name = properties.getProperty("name", "");
    for (int i = 0; i < isaPins.length; i++) {
      isaPins[i] = i;
    }
    for (String key : properties.stringPropertyNames()) {
      String value = properties.getProperty(key).strip();
      if (key.startsWith("cpuid.")) {
        cpuid.add(parse(key, value, text -> parseCpuid(key, text)));
      } else if (key.equals("io-apic.override")) {
        String[] pair = value.split(":", 2);
        isaPins[Integer.parseInt(pair[0])] = Integer.parseInt(pair[1]);
      } else if (value.matches("(0x)?[0-9a-f]+-(0x)?[0-9a-f]+")) {
        ranges.put(key, parse(key, value, MachineType::parseRange));
      } else if (!key.equals("name")) {
        numbers.put(key, parse(key, value, Long::decode));
      }
    }
    cpuid.sort(
        Comparator.comparingLong((Cpuid row) -> Integer.toUnsignedLong(row.leaf()))
            .thenComparingInt(Cpuid::subleaf));
  }

  /**
   * Finds a machine type by name.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public static MachineType of(String name) {
    String resource = "hardware/" + name + ".properties";
    try (InputStream in = MachineType.class.getResourceAsStream(resource)) {
      if (in == null || !name.matches("[a-z0-9.-]+")) {
        throw new IllegalArgumentException(
            "no machine type \"" + name + "\"; this version knows " + CURRENT);
      }
      return read(new InputStreamReader(in, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a description. */
  static MachineType read(Reader reader) throws IOException {
    Properties properties = new Properties();
    properties.load(reader);
    return new MachineType(properties);
  }

  private static <T> T parse(String key, String value, Function<String, T> how) {
    try {
      return how.apply(value);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "machine type: " + key + " = " + value + " is malformed", e);
    }
  }

  private static AddressRange parseRange(String text) {
    String[] ends = text.split("-", 2);
    return new AddressRange(Long.decode(ends[0]), Long.decode(ends[1]));
  }

  private static Cpuid parseCpuid(String key, String text) {
    String[] place = key.split("\\.", 3);
    String[] values = text.split(" +", -1);
    int[] v = new int[4];
    for (int i = 0; i < 4; i++) {
      v[i] = Integer.parseUnsignedInt(values[i], 16);
    }
    return new Cpuid(
        Integer.parseUnsignedInt(place[1], 16), Integer.parseInt(place[2]), v[0], v[1], v[2], v[3]);
  }

  /** Its name, such as {@code tenon-1.0}. */
  public String name() {
    return name;
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException when the description lacks it
   */
  public long number(String key) {
    Long value = numbers.get(key);
    if (value == null) {
      throw new IllegalArgumentException("machine type " + name + " lacks the number " + key);
    }
    return value;
  }

  /** A number that fits an int. */
  public int integer(String key) {
    return Math.toIntExact(number(key));
  }

  /**
   * A range.
   *
   * @throws IllegalArgumentException when the description lacks it
   */
  public AddressRange range(String key) {
    AddressRange value = ranges.get(key);
    if (value == null) {
      throw new IllegalArgumentException("machine type " + name + " lacks the range " + key);
    }
    return value;
  }

  /** The I/O APIC pin of each ISA interrupt. */
  public int[] isaPins() {
    return isaPins.clone();
  }

  /** The CPUID table for one processor, sorted by leaf and subleaf. */
  public List<Cpuid> cpuid() {
    return List.copyOf(cpuid);
  }

  /**
   * The CPUID table for a machine of several processors: one package, one thread a core. Fills in
   * leaf 1 EBX (logical processors), leaf 0BH (topology), leaf 80000001H ECX (CmpLegacy) and leaf
   * 80000008H ECX (cores).
   */
  public List<Cpuid> cpuid(int processors) {
    int idBits = 32 - Integer.numberOfLeadingZeros(processors - 1);
    List<Cpuid> rows = new ArrayList<>();
    for (Cpuid row : cpuid) {
      rows.add(
          switch (row.leaf()) {
            case 1 -> processors == 1 ? row : add(row, processors << 16, 0, 1 << 28);
            case 0x80000001 -> processors == 1 ? row : add(row, 0, 2, 0);
            case 0x80000008 -> add(row, 0, idBits << 12 | (processors - 1), 0);
            default -> row;
          });
    }
    rows.add(new Cpuid(0xb, 0, 0, 1, 0x100, 0));
    rows.add(new Cpuid(0xb, 1, idBits, processors, 0x201, 0));
    rows.add(new Cpuid(0xb, 2, 0, 0, 2, 0));
    return rows;
  }

  private static Cpuid add(Cpuid row, int ebx, int ecx, int edx) {
    return new Cpuid(
        row.leaf(), row.subleaf(), row.eax(), row.ebx() | ebx, row.ecx() | ecx, row.edx() | edx);
  }
}
