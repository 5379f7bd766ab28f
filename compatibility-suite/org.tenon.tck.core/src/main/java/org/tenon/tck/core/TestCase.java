package org.tenon.tck.core;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tenon.api.ClauseId;
import org.tenon.api.Stability;

/**
 * A test of the suite, as its annotations describe it.
 *
 * @param name unique within a profile, such as {@code ReadBackEveryBoundary}
 * @param group the subject it belongs to, such as {@code Data}
 * @param level at which it runs at the earliest
 * @param tier the door it uses
 * @param clauses what it covers; the first is what it is about
 * @param keepsData whether it may run on storage that holds a user's data
 * @param requires the traits without which it does not apply
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record TestCase(
    String name,
    String group,
    Level level,
    Tier tier,
    List<ClauseId> clauses,
    boolean keepsData,
    SortedSet<String> requires) {
  /** Copies the lists. */
  public TestCase {
    clauses = List.copyOf(clauses);
    requires = Collections.unmodifiableSortedSet(new TreeSet<>(requires));
  }

  /**
   * Reads a test's annotations.
   *
   * @param contract the class that runs it: the nested class of a contract
   * @param method the test
   * @param requirements where its clauses stand
   * @throws IllegalArgumentException if it names no clause, or one that does not exist
   */
  public static TestCase of(Class<?> contract, Method method, Requirements requirements) {
    String name = nameOf(method);
    Clause covered = method.getAnnotation(Clause.class);
    if (covered == null || covered.value().length == 0) {
      throw new IllegalArgumentException(
          "the test " + contract.getSimpleName() + "." + name + " names no @Clause");
    }
    List<ClauseId> clauses = Arrays.stream(covered.value()).map(ClauseId::parse).toList();
    Level level =
        clauses.stream()
            .map(id -> requirements.get(id).verifiedAt())
            .max(Level::compareTo)
            .orElseThrow();
    AtLevel least = nearest(contract, method);
    if (least != null && least.value().includes(level)) {
      level = least.value();
    }
    InTier tier = contract.getAnnotation(InTier.class);
    Requires requires = method.getAnnotation(Requires.class);
    return new TestCase(
        name,
        contract.getSimpleName(),
        level,
        tier == null ? Tier.CONTRACT : tier.value(),
        clauses,
        method.isAnnotationPresent(KeepsData.class),
        requires == null ? new TreeSet<>() : new TreeSet<>(List.of(requires.value())));
  }

  /** The name of the test that a method is: the method's own, with a capital. */
  public static String nameOf(Method method) {
    return Character.toUpperCase(method.getName().charAt(0)) + method.getName().substring(1);
  }

  private static @Nullable AtLevel nearest(Class<?> contract, Method method) {
    AtLevel own = method.getAnnotation(AtLevel.class);
    return own != null ? own : contract.getAnnotation(AtLevel.class);
  }

  @Override
  public String toString() {
    return group + "." + name;
  }
}
