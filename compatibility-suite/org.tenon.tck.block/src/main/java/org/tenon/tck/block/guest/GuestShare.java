package org.tenon.tck.block.guest;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives every test of a group the same {@link Keeper}, and ends its guest with the group. */
final class GuestShare implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(GuestShare.class);

  /** Keeps a guest from one test to the next. For one thread at a time. */
  static final class Keeper implements AutoCloseable {
    private @Nullable LinuxDisk kept;
    private boolean lent;

    /** How a guest is started. */
    @FunctionalInterface
    interface Start {
      LinuxDisk start();
    }

    /** The guest; a fresh one where there is none, or the last test has not given it back. */
    LinuxDisk lend(Start start) {
      LinuxDisk disk = kept;
      if (disk != null && lent) {
        close();
        disk = null;
      }
      if (disk == null) {
        disk = start.start();
        kept = disk;
      }
      lent = true;
      return disk;
    }

    /** The test has passed: the next may have it. */
    void giveBack() {
      lent = false;
    }

    @Override
    public void close() {
      LinuxDisk disk = kept;
      kept = null;
      lent = false;
      if (disk != null) {
        disk.close();
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
        .computeIfAbsent(Keeper.class, key -> new Keeper(), Keeper.class);
  }
}
