package org.tenon.tck.core.run;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests the {@link RunContext} of their run, and the {@link Subject} where a certification
 * started them. In a partner's own build it adds seed and rerun command to every failure; a
 * certification keeps those as values.
 */
public final class RunExtension
    implements ParameterResolver,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  /** Where {@link Certification} leaves the context for the tests that it launches. */
  static final Namespace NAMESPACE = Namespace.create("org.tenon.tck");

  /** For JUnit. */
  public RunExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == RunContext.class
        || (Subject.class.isAssignableFrom(type)
            && contextOf(context).subject().filter(type::isInstance).isPresent());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RunContext run = contextOf(context);
    return parameter.getParameter().getType() == RunContext.class
        ? run
        : run.subject().orElseThrow();
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw explained(context, failure);
  }

  private static Throwable explained(ExtensionContext context, Throwable failure) {
    RunContext run = contextOf(context);
    if (run.subject().isPresent() || failure instanceof TestAbortedException) {
      return failure;
    }
    String again =
        "mvn test -D%s=%s '-Dtest=%s#%s'"
            .formatted(
                RunContext.SEED_PROPERTY,
                run.seed(),
                context.getRequiredTestClass().getName(),
                context.getRequiredTestMethod().getName());
    return new AssertionError(
        "%s%n  seed  %s%n  rerun %s".formatted(failure.getMessage(), run.seed(), again), failure);
  }

  private static RunContext contextOf(ExtensionContext context) {
    RunContext launched =
        context
            .getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
            .get(RunContext.class, RunContext.class);
    return launched != null
        ? launched
        : context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(RunContext.class, key -> RunContext.ofOwnBuild(), RunContext.class);
  }
}
