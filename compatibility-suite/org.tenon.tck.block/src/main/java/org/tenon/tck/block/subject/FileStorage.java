package org.tenon.tck.block.subject;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.RecordingFileSystem;
import org.tenon.kit.testing.storage.Ticks;

/**
 * Storage in a raw image file whose path the driver is given.
 *
 * @param setting the driver's configuration key that takes the path
 * @param settings further settings, the same for every test
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record FileStorage(String setting, Map<String, String> settings) implements Storage {
  /** Copies the settings. */
  public FileStorage {
    settings = Map.copyOf(settings);
  }

  @Override
  public String title() {
    return "raw image file";
  }

  @Override
  public Scratch create(Path folder, long bytes) throws IOException {
    Path image = Files.createTempFile(folder, "scratch-", ".img");
    setLength(image, bytes);
    return new ImageFile(image, true);
  }

  @Override
  public Scratch over(Path image) throws IOException {
    return new ImageFile(image.toRealPath(), false);
  }

  @Override
  public List<Reach> hopeless(Path folder) {
    return List.of(to(folder.resolve("not-there").resolve("disk.img")), to(folder));
  }

  private Reach to(Path path) {
    return new Reach(new TreeMap<>(Map.of(setting, path.toString())), FileSystems.getDefault())
        .with(settings);
  }

  static void setLength(Path image, long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
  }

  static void delete(Path image) {
    try {
      Files.deleteIfExists(image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One image. */
  private final class ImageFile implements Scratch {
    private final Path image;
    private final boolean ours;

    ImageFile(Path image, boolean ours) {
      this.image = image;
      this.ours = ours;
    }

    @Override
    public Reach direct() {
      return to(image);
    }

    @Override
    public Observed observe(Ticks ticks) {
      RecordingFileSystem files = new RecordingFileSystem(ticks, false);
      return new Observed(files, new Reach(direct().settings(), files));
    }

    @Override
    public Path image() {
      return image;
    }

    @Override
    public void resize(long bytes) throws IOException {
      setLength(image, bytes);
    }

    @Override
    public void close() {
      if (ours) {
        delete(image);
      }
    }
  }
}
