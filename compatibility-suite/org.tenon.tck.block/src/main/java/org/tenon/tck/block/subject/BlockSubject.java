package org.tenon.tck.block.subject;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.spi.Deadlines;
import org.tenon.spi.block.BlockDriverFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.run.Subject;

/**
 * A block driver under certification. In a partner's own test:
 *
 * <pre>{@code
 * class ArrayDriverTest extends BlockDriverContract {
 *   @Override protected BlockSubject subject() {
 *     return BlockSubject.of(new ArrayDriverFactory(), new FileStorage("path", Map.of())).build();
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class BlockSubject implements Subject {
  private final BlockDriverFactory factory;
  private final Storage storage;
  private final Optional<BundleFacts> bundle;
  private final Optional<Path> image;
  private final Deadlines deadlines;
  private final String command;

  private BlockSubject(Builder builder) {
    factory = builder.factory;
    storage = builder.storage;
    bundle = Optional.ofNullable(builder.bundle);
    image = Optional.ofNullable(builder.image);
    deadlines = builder.deadlines;
    command = builder.command == null ? "tenon certify " + builder.factory.id() : builder.command;
  }

  /** Begins a subject. */
  public static Builder of(BlockDriverFactory factory, Storage storage) {
    return new Builder(factory, storage);
  }

  @Override
  public Identifier id() {
    return factory.id();
  }

  @Override
  public String command() {
    return command;
  }

  @Override
  public SortedMap<String, String> facts() {
    SortedMap<String, String> facts = new TreeMap<>();
    facts.put("driver", id().value());
    facts.put("storage", storage.title());
    bundle.ifPresent(b -> {
      facts.put("bundle", b.id() + " " + b.version());
      facts.put("bundle digest", b.digest());
      facts.put("SPI range", b.spi().toString());
    });
    return facts;
  }

  /** Where its drivers come from. */
  public BlockDriverFactory factory() {
    return factory;
  }

  /** How it is given storage. */
  public Storage storage() {
    return storage;
  }

  /**
   * The bundle it came in; empty in a partner's own build, where nothing of it can be certified.
   */
  public Optional<BundleFacts> bundle() {
    return bundle;
  }

  /** A user's image on which the tests that keep data run; empty for scratch storage. */
  public Optional<Path> image() {
    return image;
  }

  /** How long the suite waits for it. */
  public Deadlines deadlines() {
    return deadlines;
  }

  /** Collects what a subject is. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder {
    private final BlockDriverFactory factory;
    private final Storage storage;
    private @Nullable BundleFacts bundle;
    private @Nullable Path image;
    private @Nullable String command;
    private Deadlines deadlines = new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(5));

    private Builder(BlockDriverFactory factory, Storage storage) {
      this.factory = factory;
      this.storage = storage;
    }

    /** The bundle it came in. */
    public Builder bundle(BundleFacts facts) {
      bundle = facts;
      return this;
    }

    /** A user's image for the tests that keep data. */
    public Builder image(Path raw) {
      image = raw;
      return this;
    }

    /**
     * How a user certifies it, such as {@code ./tenon certify samples/block-file}; for rerun
     * commands.
     */
    public Builder command(String line) {
      command = line;
      return this;
    }

    /** How long the suite waits; 10 s for a request and 5 s for control unless given. */
    public Builder deadlines(Deadlines limits) {
      deadlines = limits;
      return this;
    }

    /** The subject. */
    public BlockSubject build() {
      return new BlockSubject(this);
    }
  }
}
