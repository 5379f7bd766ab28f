package org.tenon.tck.net.subject;

import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tenon.api.Identifier;
import org.tenon.api.Stability;
import org.tenon.kit.testing.wire.Wiring;
import org.tenon.spi.Deadlines;
import org.tenon.spi.net.NicDriverFactory;
import org.tenon.tck.core.driver.BundleFacts;
import org.tenon.tck.core.run.Subject;

/**
 * A NIC driver under certification. In a partner's own test:
 *
 * <pre>{@code
 * class CardDriverTest extends NicDriverContract {
 *   @Override protected NicSubject subject() {
 *     return NicSubject.of(new CardDriverFactory(), new LoopbackWiring(Map.of())).build();
 *   }
 * }
 * }</pre>
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class NicSubject implements Subject {
  private final NicDriverFactory factory;
  private final Wiring wiring;
  private final Optional<BundleFacts> bundle;
  private final Deadlines deadlines;
  private final String command;

  private NicSubject(Builder builder) {
    factory = builder.factory;
    wiring = builder.wiring;
    bundle = Optional.ofNullable(builder.bundle);
    deadlines = builder.deadlines;
    command = builder.command == null ? "tenon certify " + builder.factory.id() : builder.command;
  }

  /** Begins a subject. */
  public static Builder of(NicDriverFactory factory, Wiring wiring) {
    return new Builder(factory, wiring);
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
    facts.put("wire", wiring.title());
    bundle.ifPresent(b -> {
      facts.put("bundle", b.id() + " " + b.version());
      facts.put("bundle digest", b.digest());
      facts.put("SPI range", b.spi().toString());
    });
    return facts;
  }

  /** Where its drivers come from. */
  public NicDriverFactory factory() {
    return factory;
  }

  /** How it is given a wire. */
  public Wiring wiring() {
    return wiring;
  }

  /**
   * The bundle it came in; empty in a partner's own build, where nothing of it can be certified.
   */
  public Optional<BundleFacts> bundle() {
    return bundle;
  }

  /** How long the suite waits for it. */
  public Deadlines deadlines() {
    return deadlines;
  }

  /** Collects what a subject is. For one thread. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Builder {
    private final NicDriverFactory factory;
    private final Wiring wiring;
    private @Nullable BundleFacts bundle;
    private @Nullable String command;
    private Deadlines deadlines = new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(5));

    private Builder(NicDriverFactory factory, Wiring wiring) {
      this.factory = factory;
      this.wiring = wiring;
    }

    /** The bundle it came in. */
    public Builder bundle(BundleFacts facts) {
      bundle = facts;
      return this;
    }

    /** How a user certifies it, such as {@code ./tenon certify samples/nic-tap}. */
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
    public NicSubject build() {
      return new NicSubject(this);
    }
  }
}
