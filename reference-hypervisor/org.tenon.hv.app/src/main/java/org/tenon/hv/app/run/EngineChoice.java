package org.tenon.hv.app.run;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.tenon.hv.engine.Engine;

/**
 * An engine and why it was chosen.
 *
 * @param engine usable on this host
 * @param reason one sentence
 */
public record EngineChoice(Engine engine, String reason) {
  /** The name that stands for the best engine this host can run. */
  public static final String AUTO = "auto";

  /** Hardware before software. */
  private static final List<String> PREFERENCE = List.of("kvm", "sim");

  /**
   * Chooses among the engines on the class path.
   *
   * @param name an engine's id, or {@link #AUTO}
   * @throws IllegalArgumentException when there is none of that name, or it cannot work here; the
   *     message says why
   */
  public static EngineChoice of(String name) {
    List<Engine> engines =
        ServiceLoader.load(Engine.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparingInt(engine -> rank(engine.id())))
            .toList();
    for (Engine engine : engines) {
      if (name.equals(AUTO) ? engine.probe().usable() : name.equals(engine.id())) {
        Engine.Availability availability = engine.probe();
        if (!availability.usable()) {
          throw new IllegalArgumentException(
              "the engine %s cannot work here: %s".formatted(name, availability.reason()));
        }
        return new EngineChoice(engine, availability.reason());
      }
    }
    String known = engines.stream().map(Engine::id).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        name.equals(AUTO)
            ? "no engine works on this host (looked at: %s)".formatted(known)
            : "no engine is called \"%s\"; known: auto, %s".formatted(name, known));
  }

  private static int rank(String id) {
    int place = PREFERENCE.indexOf(id);
    return place < 0 ? PREFERENCE.size() : place;
  }
}
