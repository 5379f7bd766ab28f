package org.tenon.tck.block.subject;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tenon.api.Stability;
import org.tenon.kit.testing.storage.NbdProxy;
import org.tenon.kit.testing.storage.NbdServer;
import org.tenon.kit.testing.storage.Ticks;

/**
 * Storage behind a real NBD server whose URI the driver is given.
 *
 * @param setting the driver's configuration key that takes the URI
 * @param settings further settings, the same for every test
 * @param program which server
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record NbdStorage(String setting, Map<String, String> settings, NbdServer.Program program)
    implements Storage {
  /** Copies the settings. */
  public NbdStorage {
    settings = Map.copyOf(settings);
  }

  @Override
  public String title() {
    return "NBD server (" + program.name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
  }

  @Override
  public Scratch create(Path folder, long bytes) throws IOException {
    Path image = Files.createTempFile(folder, "scratch-", ".img");
    FileStorage.setLength(image, bytes);
    return new Export(image, true);
  }

  @Override
  public Scratch over(Path image) throws IOException {
    return new Export(image.toRealPath(), false);
  }

  @Override
  public List<Reach> hopeless(Path folder) {
    return List.of(to("nbd+unix:///?socket=" + folder.resolve("nobody-listens")), to("not a uri"));
  }

  private Reach to(String uri) {
    return new Reach(new TreeMap<>(Map.of(setting, uri)), FileSystems.getDefault()).with(settings);
  }

  /** One image behind one server. */
  private final class Export implements Scratch {
    private final NbdServer server;
    private final boolean ours;

    Export(Path image, boolean ours) throws IOException {
      this.server = new NbdServer(program, image);
      this.ours = ours;
    }

    @Override
    public Reach direct() {
      return to("nbd+unix:///?socket=" + server.address().getPath());
    }

    @Override
    public Observed observe(Ticks ticks) throws IOException {
      NbdProxy proxy = new NbdProxy(ticks, server);
      return new Observed(proxy, to(proxy.uri().toString()));
    }

    @Override
    public Path image() {
      return server.image();
    }

    @Override
    public void resize(long bytes) throws IOException {
      FileStorage.setLength(server.image(), bytes);
    }

    @Override
    public void close() {
      server.close();
      if (ours) {
        FileStorage.delete(server.image());
      }
    }
  }
}
