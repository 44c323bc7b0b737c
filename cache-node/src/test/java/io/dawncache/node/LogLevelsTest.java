package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.node.config.LogLevel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogLevelsTest {
  private static final String NAME = "io.dawncache.node.loglevelstest.";

  @AfterEach
  void takeBack() {
    LogLevels.set(Map.of());
  }

  @Test
  void eachLevelIsOneOfTheJdks() {
    Map<String, LogLevel> levels = new LinkedHashMap<>();
    for (LogLevel level : LogLevel.values()) {
      levels.put(NAME + level, level);
    }
    LogLevels.set(levels);

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
  void aLevelThatIsNoLongerSetIsTakenBack() {
    Logger logger = Logger.getLogger(NAME + "a");
    Level root = Logger.getLogger("").getLevel();
    LogLevels.set(Map.of(NAME + "a", LogLevel.DEBUG, "", LogLevel.ERROR));
    assertEquals(Level.FINE, logger.getLevel());
    assertEquals(Level.SEVERE, Logger.getLogger("").getLevel());

    LogLevels.set(Map.of());

    assertNull(logger.getLevel());
    assertEquals(Level.INFO, Logger.getLogger("").getLevel());
    Logger.getLogger("").setLevel(root);
  }
}
