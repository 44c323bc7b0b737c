package io.dawncache.test;

import io.dawncache.core.CacheNode;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Starts a {@link TestFleet} for tests of JUnit 5 and 6, hands it to methods that have a parameter
 * of that type, closes it, and adds the state of its members to the failure of a test.
 *
 * <p>Register it with {@code @RegisterExtension}: in an instance field, each test gets a fleet of
 * its own; in a static field, all tests of the class share one, which is {@linkplain TestFleet#heal
 * healed} before each of them and keeps its values. A class has at most one extension of this type.
 *
 * @since 0.1.0
 */
public final class FleetExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback,
        ParameterResolver,
        TestExecutionExceptionHandler,
        LifecycleMethodExecutionExceptionHandler {
  private final TestFleet.Builder builder;

  private FleetExtension(TestFleet.Builder builder) {
    this.builder = Objects.requireNonNull(builder, "builder");
  }

  /**
   * {@return an extension that starts fleets with the defaults}
   *
   * @param size the number of members, at least 1
   * @param groups adds the groups to a node; called for each member, and again when one comes back
   */
  public static FleetExtension of(int size, Consumer<? super CacheNode> groups) {
    return of(TestFleet.builder(size, groups));
  }

  /**
   * {@return an extension that starts fleets}
   *
   * @param builder starts each of them; not to be changed any more
   */
  public static FleetExtension of(TestFleet.Builder builder) {
    return new FleetExtension(builder);
  }

  /** Starts the fleet that the tests of a class share. */
  @Override
  public void beforeAll(ExtensionContext context) {
    if (fleet(context) == null) { // else a nested class, which uses that of the class around it
      store(context).put(this, builder.start());
    }
  }

  /** Starts the fleet of a test, or heals the shared one. */
  @Override
  public void beforeEach(ExtensionContext context) {
    TestFleet shared = fleet(context);
    if (shared == null) {
      store(context).put(this, builder.start());
    } else {
      shared.heal();
    }
  }

  /** Closes the fleet of a test. */
  @Override
  public void afterEach(ExtensionContext context) {
    closeThatOf(context);
  }

  /** Closes the fleet that the tests of a class have shared. */
  @Override
  public void afterAll(ExtensionContext context) {
    closeThatOf(context);
  }

  /** Closes a fleet that was started for this context, and none that was started around it. */
  private void closeThatOf(ExtensionContext context) {
    TestFleet own = store(context).remove(this, TestFleet.class);
    if (own != null) {
      own.close();
    }
  }

  /** {@return whether the parameter is a {@link TestFleet}} */
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestFleet.class;
  }

  /** {@return the fleet, which is started before any method or constructor with a parameter} */
  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Objects.requireNonNull(fleet(context), "fleet");
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withState(context, failure);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withState(context, failure);
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withState(context, failure);
  }

  @Override
  public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    throw withState(context, failure);
  }

  /** {@return what it starts} */
  @Override
  public String toString() {
    return "extension with " + builder;
  }

  private Throwable withState(ExtensionContext context, Throwable failure) {
    TestFleet fleet = fleet(context);
    if (fleet != null) {
      failure.addSuppressed(new FleetState(fleet.state()));
    }
    return failure;
  }

  /** Returns the fleet of this context, or of one around it. */
  private @Nullable TestFleet fleet(ExtensionContext context) {
    return store(context).get(this, TestFleet.class);
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(Namespace.create(FleetExtension.class));
  }

  /** Carries the state of a fleet to where a failure is shown. */
  private static final class FleetState extends Exception {
    private static final long serialVersionUID = 1;

    FleetState(String state) {
      super("the fleet, when the test failed:\n" + state, null, false, false);
    }
  }
}
