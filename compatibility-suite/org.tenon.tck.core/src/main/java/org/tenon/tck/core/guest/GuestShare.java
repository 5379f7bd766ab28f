package org.tenon.tck.core.guest;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.tenon.api.Stability;

/** Gives every test of a group the same {@link Keeper}, and ends its guest with the group. */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public final class GuestShare implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(GuestShare.class);

  /** For JUnit. */
  public GuestShare() {}

  /** A booted guest, with what belongs to it. */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public interface Shared extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Keeps a guest from one test to the next. For one thread at a time.
   *
   * @param <G> what a group calls its guest
   */
  @Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
  public static final class Keeper<G extends Shared> implements AutoCloseable {
    private @Nullable G kept;
    private boolean lent;

    private Keeper() {}

    /** The guest; a fresh one where there is none, or the last test has not given it back. */
    public G lend(Supplier<G> start) {
      G guest = kept;
      if (guest != null && lent) {
        close();
        guest = null;
      }
      if (guest == null) {
        guest = start.get();
        kept = guest;
      }
      lent = true;
      return guest;
    }

    /** The test has passed: the next may have it. */
    public void giveBack() {
      lent = false;
    }

    @Override
    public void close() {
      G guest = kept;
      kept = null;
      lent = false;
      if (guest != null) {
        guest.close();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Keeper.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getParent()
        .orElseThrow()
        .getStore(NAMESPACE)
        .computeIfAbsent(Keeper.class, key -> new Keeper<>(), Keeper.class);
  }
}
