package org.tenon.hv.app.guest;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Debian's own tools for file systems, NVMe and network cards, with the libraries that they ask
 * for, and the kernel's modules for networks, as an archive that a guest unpacks into {@code
 * /tools} and {@code /lib}.
 */
final class GuestTools {
  /** The programs, by the package that has them. */
  private static final SortedMap<String, List<String>> PROGRAMS =
      new TreeMap<>(
          Map.of(
              "e2fsprogs", List.of("mke2fs", "e2fsck", "dumpe2fs"),
              "ethtool", List.of("ethtool"),
              "nvme-cli", List.of("nvme"),
              "util-linux", List.of("blkdiscard")));

  /** Modules that a test loads when it wants them, in an order that does. */
  static final List<String> MODULES =
      List.of("llc.ko", "stp.ko", "garp.ko", "mrp.ko", "8021q.ko", "macvlan.ko");

  private static final String LOADER = "ld-linux-x86-64.so.2";

  private final Apt apt;
  private final Consumer<String> progress;

  GuestTools(Apt apt, Consumer<String> progress) {
    this.apt = apt;
    this.progress = progress;
  }

  /** What a fetched guest is made of, so that one of an earlier version is known. */
  static String recipe() {
    return "%s%n%s%n%s%n".formatted(PROGRAMS, MODULES, Initramfs.MODULES);
  }

  /**
   * Downloads and packs them.
   *
   * @param modules kernel modules by file name; only those of {@link #MODULES} are taken
   */
  byte[] make(Map<String, byte[]> modules) throws GuestException {
    progress.accept("downloading " + String.join(", ", PROGRAMS.keySet()) + " and their libraries");
    SortedMap<String, byte[]> programs = programs();
    SortedMap<String, byte[]> libraries = libraries(programs.values());
    return CpioArchive.of(archive -> {
      for (String module : MODULES) {
        if (modules.containsKey(module)) {
          archive.file("tools/modules/" + module, modules.get(module));
        }
      }
      for (Map.Entry<String, byte[]> program : programs.entrySet()) {
        archive.program("tools/" + program.getKey(), program.getValue());
      }
      for (Map.Entry<String, byte[]> library : libraries.entrySet()) {
        String folder = library.getKey().equals(LOADER) ? "lib64/" : "lib/x86_64-linux-gnu/";
        archive.program(folder + library.getKey(), library.getValue());
      }
    });
  }

  private SortedMap<String, byte[]> programs() throws GuestException {
    SortedMap<String, byte[]> found = new TreeMap<>();
    List<Path> packages = apt.download(PROGRAMS.keySet());
    int i = 0;
    for (Map.Entry<String, List<String>> entry : PROGRAMS.entrySet()) {
      DebianArchive.read(
              packages.get(i++),
              path -> path.contains("bin/") && entry.getValue().contains(lastPart(path)))
          .forEach((path, content) -> found.put(lastPart(path), content));
      for (String program : entry.getValue()) {
        if (!found.containsKey(program)) {
          throw new GuestException(entry.getKey() + " holds no " + program);
        }
      }
    }
    return found;
  }

  /**
   * The libraries that the programs ask for, and that those ask for, and so on; looked for in the
   * packages that the programs' packages depend on, then in those that these depend on.
   */
  private SortedMap<String, byte[]> libraries(Collection<byte[]> programs) throws GuestException {
    SortedMap<String, byte[]> needed = new TreeMap<>();
    SortedMap<String, byte[]> known = new TreeMap<>();
    Set<String> missing = new TreeSet<>(Set.of(LOADER));
    programs.forEach(program -> ElfObject.read(program).ifPresent(p -> missing.addAll(p.needed())));
    Set<String> seen = new TreeSet<>();
    Set<String> near = new TreeSet<>(PROGRAMS.keySet());
    while (!missing.isEmpty()) {
      near = new TreeSet<>(apt.dependencies(near));
      near.removeIf(name -> !isLibrary(name) || !seen.add(name));
      if (near.isEmpty()) {
        throw new GuestException(
            "no package has the libraries %s, which a guest's tools need".formatted(missing));
      }
      known.putAll(objects(apt.download(near)));
      resolve(missing, known, needed);
    }
    return needed;
  }

  private static boolean isLibrary(String name) {
    return name.startsWith("lib") || name.equals("zlib1g");
  }

  /** Every library of the packages, by the name that others ask for. */
  private static SortedMap<String, byte[]> objects(List<Path> packages) throws GuestException {
    SortedMap<String, byte[]> objects = new TreeMap<>();
    for (Path file : packages) {
      for (byte[] content : DebianArchive.read(file, path -> path.contains(".so")).values()) {
        ElfObject.read(content)
            .flatMap(ElfObject::name)
            .ifPresent(name -> objects.putIfAbsent(name, content));
      }
    }
    return objects;
  }

  /** Moves what is known from the missing to the needed, and what that asks for to the missing. */
  private static void resolve(
      Set<String> missing, Map<String, byte[]> known, Map<String, byte[]> needed) {
    Deque<String> asked = new ArrayDeque<>(missing);
    while (!asked.isEmpty()) {
      String name = asked.remove();
      byte[] library = known.get(name);
      if (library == null) {
        missing.add(name);
      } else if (needed.put(name, library) == null) {
        missing.remove(name);
        ElfObject.read(library).ifPresent(object -> asked.addAll(object.needed()));
      }
    }
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
