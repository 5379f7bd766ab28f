package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.tenon.api.Stability;

/**
 * The default file system, with every write and force that goes through its channels recorded. Hand
 * it to {@code Config.of}; a driver that reaches its files through {@code Config.path} then works
 * on the same real files as ever. What a driver could do past the record (memory maps, asynchronous
 * channels, {@code Path.toFile}) is refused with a reason.
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class RecordingFileSystem extends FileSystem implements ObservedStorage {
  private final FileSystem real = FileSystems.getDefault();
  private final RecordingProvider provider = new RecordingProvider(this, real.provider());
  private final StorageFaults faults = new StorageFaults();
  private final StorageLog log;
  private final boolean forcing;

  /** Guarded by itself, as the two below are guarded by it. */
  private final SortedMap<String, Integer> numbers = new TreeMap<>();

  private final StorageImage base = new StorageImage();
  private int files;

  /**
   * A record that begins now.
   *
   * @param ticks the order in which its events lie
   * @param forcing whether a force also reaches the real files; without it tests on slow disks are
   *     quicker and every power cut that {@link PowerCut} plays is the same
   */
  public RecordingFileSystem(Ticks ticks, boolean forcing) {
    this.log = new StorageLog(ticks);
    this.forcing = forcing;
  }

  @Override
  public StorageLog log() {
    return log;
  }

  @Override
  public StorageImage base() {
    synchronized (numbers) {
      return base.copy();
    }
  }

  @Override
  public StorageFaults faults() {
    return faults;
  }

  @Override
  public void restore(StorageImage image) throws IOException {
    Set<String> known;
    synchronized (numbers) {
      known = new TreeSet<>(numbers.keySet());
    }
    image.writeTo(known);
  }

  @Override
  public boolean isWhole() throws IOException {
    return base().explains(log.events());
  }

  /** Does nothing: the real file system outlives its records. */
  @Override
  public void close() {
    faults.clear();
  }

  boolean forcing() {
    return forcing;
  }

  /**
   * The number of the file with that real path, whose contents are kept as they are before its
   * first change.
   */
  int number(Path path) throws IOException {
    Path named = nameOf(path);
    String name = named.toString();
    synchronized (numbers) {
      Integer known = numbers.get(name);
      if (known != null) {
        return known;
      }
      int number = files++;
      if (Files.exists(named)) {
        if (Files.size(named) > StorageImage.MAX_FILE) {
          throw new IOException(
              "%s has %d bytes: a recorded file has at most %d"
                  .formatted(name, Files.size(named), StorageImage.MAX_FILE));
        }
        base.put(number, name, Files.readAllBytes(named));
      } else {
        log.name(number, name);
      }
      numbers.put(name, number);
      return number;
    }
  }

  /** The file is no longer called that. */
  void forget(Path path) throws IOException {
    String name = nameOf(path).toString();
    synchronized (numbers) {
      if (numbers.remove(name) != null) {
        log.name(StorageEvent.Name.NO_FILE, name);
      }
    }
  }

  /** The file got another name. */
  void rename(Path from, Path to) throws IOException {
    int number = number(from);
    String target = nameOf(to).toString();
    forget(from);
    synchronized (numbers) {
      numbers.put(target, number);
      log.name(number, target);
    }
  }

  /** The file's one name, whichever way its folder was reached. */
  private static Path nameOf(Path path) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    Path name = absolute.getFileName();
    return folder == null || name == null ? absolute : folder.toRealPath().resolve(name);
  }

  Path wrap(Path path) {
    return new RecordingPath(this, path);
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return real.isReadOnly();
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return StreamSupport.stream(real.getRootDirectories().spliterator(), false)
        .map(this::wrap)
        .toList();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(RecordingPath.unwrap(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    try {
      return real.newWatchService();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
