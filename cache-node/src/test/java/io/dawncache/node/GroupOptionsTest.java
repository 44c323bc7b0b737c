package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.core.CachePolicy;
import io.dawncache.core.GroupConfig;
import java.io.PrintWriter;
import java.io.Writer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GroupOptionsTest {
  private static GroupConfig config(String... arguments) {
    GroupOptions options = new GroupOptions();
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Program.commandLine(options, nowhere, nowhere).parseArgs(arguments);
    return options.config();
  }

  @Test
  void withoutOptionsAGroupIsAsTheCoreHasIt() {
    GroupConfig config = config();
    GroupConfig defaults = GroupConfig.builder().build();

    assertEquals(defaults.maxBytes(), config.maxBytes());
    assertEquals(defaults.policy(), config.policy());
    assertNull(config.life());
    assertEquals(0, config.lifeJitter());
    assertNull(config.refreshAfter());
    assertEquals(Duration.ZERO, config.staleGrace());
    assertEquals(Duration.ZERO, config.notThereLife());
    assertEquals(defaults.hotLife(), config.hotLife());
    assertEquals(defaults.hotBytes(), config.hotBytes());
  }

  @Test
  void eachOptionSaysWhatItsNameSays() {
    GroupConfig config =
        config(
            "--max-bytes=1m",
            "--policy=lru",
            "--life=1h",
            "--life-jitter=0.1",
            "--refresh-after=50m",
            "--stale-grace=1d",
            "--not-there-life=500ms",
            "--hot-life=3s",
            "--hot-bytes=100k");

    assertEquals(1 << 20, config.maxBytes());
    assertEquals(CachePolicy.LRU, config.policy());
    assertEquals(Duration.ofHours(1), config.life());
    assertEquals(0.1, config.lifeJitter());
    assertEquals(Duration.ofMinutes(50), config.refreshAfter());
    assertEquals(Duration.ofDays(1), config.staleGrace());
    assertEquals(Duration.ofMillis(500), config.notThereLife());
    assertEquals(Duration.ofSeconds(3), config.hotLife());
    assertEquals(100 << 10, config.hotBytes());
  }
}
