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
    assertNull(config.ttl());
    assertEquals(0, config.ttlJitter());
    assertNull(config.refreshAfterWrite());
    assertEquals(Duration.ZERO, config.staleIfError());
    assertEquals(Duration.ZERO, config.negativeTtl());
    assertEquals(defaults.hotTtl(), config.hotTtl());
    assertEquals(defaults.hotBytes(), config.hotBytes());
  }

  @Test
  void eachOptionSaysWhatItsNameSays() {
    GroupConfig config =
        config(
            "--max-bytes=1m",
            "--policy=lru",
            "--ttl=1h",
            "--ttl-jitter=0.1",
            "--refresh-after-write=50m",
            "--stale-if-error=1d",
            "--negative-ttl=500ms",
            "--hot-ttl=3s",
            "--hot-bytes=100k");

    assertEquals(1 << 20, config.maxBytes());
    assertEquals(CachePolicy.LRU, config.policy());
    assertEquals(Duration.ofHours(1), config.ttl());
    assertEquals(0.1, config.ttlJitter());
    assertEquals(Duration.ofMinutes(50), config.refreshAfterWrite());
    assertEquals(Duration.ofDays(1), config.staleIfError());
    assertEquals(Duration.ofMillis(500), config.negativeTtl());
    assertEquals(Duration.ofSeconds(3), config.hotTtl());
    assertEquals(100 << 10, config.hotBytes());
  }
}
