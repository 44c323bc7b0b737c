package io.dawncache.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.dawncache.core.Loaded;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Classes with the extension, run by JUnit: those within this one are its material. */
@Timeout(180)
class FleetExtensionIT {
  private static FleetExtension ofTwo() {
    return FleetExtension.of(
        2, node -> node.addGroup("scores", key -> Loaded.ofUtf8("value of " + key)));
  }

  /** What the classes below note, one run at a time. */
  private static final List<TestFleet> SEEN = new ArrayList<>();

  /** Runs the tests of a class; returns the failures. */
  private static List<Throwable> run(Class<?> tests) {
    SEEN.clear();
    List<Throwable> failures = new ArrayList<>();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
              }
            });
    return failures;
  }

  private static void assertClosed(TestFleet fleet) {
    assertThrows(IllegalStateException.class, () -> fleet.member(0).node());
  }

  static class OneForEach {
    @RegisterExtension final FleetExtension extension = ofTwo();

    @BeforeEach
    void fill(TestFleet fleet) {
      fleet.member(0).group("scores").get("Tom");
    }

    @Test
    void one(TestFleet fleet) {
      SEEN.add(fleet);
    }

    @Test
    void another(TestFleet fleet) {
      SEEN.add(fleet);
    }
  }

  @Test
  void inAnInstanceFieldEachTestGetsAFleetThatIsClosedAfterIt() {
    assertEquals(List.of(), run(OneForEach.class));

    assertEquals(2, SEEN.size());
    assertNotSame(SEEN.get(0), SEEN.get(1));
    SEEN.forEach(FleetExtensionIT::assertClosed);
  }

  static class OneForAll {
    @RegisterExtension static final FleetExtension EXTENSION = ofTwo();

    @BeforeAll
    static void fill(TestFleet fleet) {
      fleet.member(0).group("scores").get("Tom");
    }

    @Test
    void one(TestFleet fleet) {
      leaveFaults(fleet);
    }

    @Test
    void another(TestFleet fleet) {
      leaveFaults(fleet);
    }

    @Nested
    class Within {
      @Test
      void third(TestFleet fleet) {
        leaveFaults(fleet);
      }
    }

    private static void leaveFaults(TestFleet fleet) {
      assertTrue(fleet.members().stream().allMatch(TestMember::isRunning));
      SEEN.add(fleet);
      fleet.member(1).kill();
    }
  }

  @Test
  void inAStaticFieldAllTestsShareAFleetThatIsHealedBeforeEach() {
    assertEquals(List.of(), run(OneForAll.class));

    assertEquals(3, SEEN.size());
    SEEN.forEach(fleet -> assertSame(SEEN.get(0), fleet));
    assertClosed(SEEN.get(0));
  }

  static class Failing {
    @RegisterExtension final FleetExtension extension = ofTwo();

    @Test
    void fails(TestFleet fleet) {
      fleet.member(1).silence();
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void theFailureOfATestShowsTheStateOfTheFleet() {
    List<Throwable> failures = run(Failing.class);

    assertEquals(1, failures.size());
    assertEquals("on purpose", failures.get(0).getMessage());
    String shown = failures.get(0).getSuppressed()[0].getMessage();
    assertTrue(shown.startsWith("the fleet, when the test failed:\nmember 0 (http://"), shown);
    assertTrue(shown.contains(", silent)\n"), shown);
    assertTrue(shown.contains("group scores: 0 gets"), shown);
  }

  static class FailingBefore {
    @RegisterExtension final FleetExtension extension = ofTwo();

    @BeforeEach
    void fails() {
      throw new AssertionError("before");
    }

    @Test
    void neverRuns() {}
  }

  @Test
  void theFailureOfWhatRunsBeforeATestShowsItToo() {
    List<Throwable> failures = run(FailingBefore.class);

    assertEquals("before", failures.get(0).getMessage());
    assertTrue(failures.get(0).getSuppressed()[0].getMessage().contains("member 1 ("));
  }
}
