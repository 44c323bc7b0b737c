package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.node.config.LogLevel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JdkLogLevelsTest {
  private static final String NAME = "io.dawncache.node.loglevelstest.";

  @AfterEach
  void takeBack() {
    JdkLogLevels.configure(Map.of());
  }

  @Test
  void eachLevelIsOneOfTheJdks() {
    Map<String, LogLevel> levels = new LinkedHashMap<>();
    for (LogLevel level : LogLevel.values()) {
      levels.put(NAME + level, level);
    }
    JdkLogLevels.configure(levels);

    Map<LogLevel, Level> expected =
        Map.of(
            LogLevel.OFF, Level.OFF,
            LogLevel.ERROR, Level.SEVERE,
            LogLevel.WARN, Level.WARNING,
            LogLevel.INFO, Level.INFO,
            LogLevel.DEBUG, Level.FINE,
            LogLevel.TRACE, Level.FINEST);
    expected.forEach(
        (level, jdks) -> assertEquals(jdks, Logger.getLogger(NAME + level).getLevel()));
  }

  @Test
  void requestsSetABoundedNumberOfLoggers() {
    JdkLogLevels levels = new JdkLogLevels();
    List<String> names = IntStream.range(0, 1_000).mapToObj(i -> NAME + "many." + i).toList();
    names.forEach(name -> levels.set(name, "warn"));

    levels.set(names.get(0), "info");
    var oneMore =
        assertThrows(IllegalArgumentException.class, () -> levels.set(NAME + "more", "warn"));
    assertEquals(
        "logger: " + NAME + "more (expected: one of the 1000 that were set before)",
        oneMore.getMessage());
    var tooLong =
        assertThrows(IllegalArgumentException.class, () -> levels.set("x".repeat(257), "warn"));
    assertEquals("logger: 257 characters (expected: <= 256)", tooLong.getMessage());
    names.forEach(name -> Logger.getLogger(name).setLevel(null));
  }

  @Test
  void everyLevelOfTheJdkHasAWord() {
    assertEquals(LogLevel.OFF, JdkLogLevels.of(Level.OFF));
    assertEquals(LogLevel.INFO, JdkLogLevels.of(Level.INFO));
    assertEquals(LogLevel.DEBUG, JdkLogLevels.of(Level.CONFIG));
    assertEquals(LogLevel.TRACE, JdkLogLevels.of(Level.ALL));
    assertEquals(LogLevel.TRACE, JdkLogLevels.of(Level.FINER)); // TRACE of System.Logger
  }

  @Test
  void whatAnOperatorHasSetStaysWhenTheConfigurationIsReadAgain() {
    new JdkLogLevels().set(NAME + "operator", "Debug");
    JdkLogLevels.configure(Map.of(NAME + "other", LogLevel.WARN));
    JdkLogLevels.configure(Map.of());

    assertEquals("debug", new JdkLogLevels().levels().get(NAME + "operator"));
    Logger.getLogger(NAME + "operator").setLevel(null);
  }

  @Test
  void aLevelThatIsNoLongerSetIsTakenBack() {
    Logger logger = Logger.getLogger(NAME + "a");
    Level root = Logger.getLogger("").getLevel();
    JdkLogLevels.configure(Map.of(NAME + "a", LogLevel.DEBUG, "", LogLevel.ERROR));
    assertEquals(Level.FINE, logger.getLevel());
    assertEquals(Level.SEVERE, Logger.getLogger("").getLevel());

    JdkLogLevels.configure(Map.of());

    assertNull(logger.getLevel());
    assertEquals(Level.INFO, Logger.getLogger("").getLevel());
    Logger.getLogger("").setLevel(root);
  }
}
