package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.Loaded;
import io.dawncache.node.origin.WrongSettingsException.Mistake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OriginSettingsTest {
  private static final Setting<String> QUERY =
      Setting.text("query", "finds one value").required("a query with :key");
  private static final Setting<Integer> POOL = Setting.integer("pool", "connections", 1, 100);
  private static final Setting<Duration> TIMEOUT =
      Setting.duration("timeout", "of a load", Duration.ofMillis(1), Duration.ofMinutes(1))
          .orElse(Duration.ofSeconds(8));
  private static final Setting<Long> LIMIT =
      Setting.size("limit", "of a value", 1, 1 << 20).orElse(1024L);
  private static final Setting<Boolean> FOLLOW = Setting.flag("follow", "links").orElse(true);
  private static final Setting<String> FORM =
      Setting.choice("form", "of a value", "text", "json").orElse("text");
  private static final Setting<String> CHANNEL = Setting.text("invalidate.listen", "a channel");
  private static final Setting<Secret> PASSWORD = Setting.secret("password", "of the user");
  private static final Setting<Map<String, Secret>> HEADERS =
      Setting.secrets("headers", "of each request");
  private static final Setting<Map<String, String>> PROPERTIES =
      Setting.texts("properties", "of the driver");

  /** An origin with a setting of each kind, and no location. */
  private static final Origin ORIGIN =
      new Origin() {
        @Override
        public String scheme() {
          return "db";
        }

        @Override
        public List<Setting<?>> settings() {
          return List.of(
              QUERY, POOL, TIMEOUT, LIMIT, FOLLOW, FORM, CHANNEL, PASSWORD, HEADERS, PROPERTIES);
        }

        @Override
        public OpenOrigin open(OriginSettings settings) {
          return OpenOrigin.of(key -> Loaded.notFound());
        }
      };

  private static OriginSettings read(Map<String, ?> given) {
    return OriginSettings.of("scores", ORIGIN, given);
  }

  private static List<Mistake> mistakes(Map<String, ?> given) {
    return assertThrows(WrongSettingsException.class, () -> read(given)).mistakes();
  }

  @Test
  void everyKindIsReadFromTextsAndFromWhatAFileHas() {
    for (Map<String, ?> given :
        List.of(
            Map.of(
                "query", "q", "pool", "7", "timeout", "2s", "limit", "64k", "follow", "false",
                "form", "json"),
            Map.of(
                "query", "q", "pool", 7, "timeout", "2000ms", "limit", 65536, "follow", false,
                "form", "json"))) {
      OriginSettings settings = read(given);

      assertEquals("scores", settings.group());
      assertEquals("q", settings.get(QUERY));
      assertEquals(7, settings.get(POOL));
      assertEquals(Duration.ofSeconds(2), settings.get(TIMEOUT));
      assertEquals(65536, settings.get(LIMIT));
      assertEquals(false, settings.get(FOLLOW));
      assertEquals("json", settings.get(FORM));
    }
  }

  @Test
  void whatIsNotGivenIsItsFallbackOrEmpty() {
    OriginSettings settings = read(Map.of("query", "q"));

    assertEquals(Duration.ofSeconds(8), settings.get(TIMEOUT));
    assertEquals(Optional.empty(), settings.find(POOL));
    assertThrows(IllegalStateException.class, () -> settings.get(POOL));
  }

  @Test
  void aMapHoldsSettingsWithinAnotherOrIsItselfAValue() {
    OriginSettings settings =
        read(
            Map.of(
                "query", "q",
                "invalidate", Map.of("listen", "changes"),
                "properties", Map.of("ssl.mode", "off", "port", 5432)));

    assertEquals("changes", settings.get(CHANNEL));
    assertEquals(Map.of("ssl.mode", "off", "port", "5432"), settings.get(PROPERTIES));
  }

  @Test
  void allMistakesAreNamedAtOnce() {
    assertEquals(
        List.of(
            "query: missing (expected: a query with :key)",
            "pool: 0 (expected: 1 to 100)",
            "timeout: 5 parsecs (expected: 1ms to 1m, such as 500ms, 10s or 5m)",
            "limit: 2m (expected: 1 to 1048576 bytes, such as 500k, 64m or 64MB)",
            "follow: yes (expected: true or false)",
            "form: xml (expected: text or json)",
            "properties: ssl (expected: names, each with a text)"),
        mistakes(
                Map.of(
                    "pool", 0,
                    "timeout", "5 parsecs",
                    "limit", "2m",
                    "follow", "yes",
                    "form", "xml",
                    "properties", "ssl"))
            .stream()
            .map(Mistake::toString)
            .sorted(java.util.Comparator.comparing(OriginSettingsTest::place))
            .toList());
  }

  private static int place(String mistake) {
    List<String> names = ORIGIN.settings().stream().map(Setting::name).toList();
    return names.indexOf(mistake.substring(0, mistake.indexOf(':')));
  }

  @Test
  void anUnknownNameIsRefusedWithTheNearestKnown() {
    assertEquals(
        List.of(new Mistake("timeuot", "unknown", "timeout")),
        mistakes(Map.of("query", "q", "timeuot", "2s")));
    assertEquals(
        List.of(new Mistake("invalidate.lisen", "unknown", "invalidate.listen")),
        mistakes(Map.of("query", "q", "invalidate", Map.of("lisen", "changes"))));
    assertEquals(
        "one of follow, form, headers, invalidate.listen, limit, password, pool, properties,"
            + " query, timeout",
        mistakes(Map.of("query", "q", "colour", "red")).get(0).expected());
  }

  @Test
  void aSecretIsShownNowhere() {
    OriginSettings settings =
        read(
            Map.of(
                "query", "q", "password", "s3cr3t", "headers", Map.of("Authorization", "t0ken")));
    WrongSettingsException wrong =
        assertThrows(
            WrongSettingsException.class,
            () -> read(Map.of("query", "q", "headers", "t0ken", "password", List.of("s3cr3t"))));

    assertEquals("s3cr3t", settings.get(PASSWORD).reveal());
    assertEquals("t0ken", settings.get(HEADERS).get("Authorization").reveal());
    for (String shown :
        List.of(
            settings.toString(),
            settings.get(PASSWORD).toString(),
            settings.get(HEADERS).toString(),
            settings.wrong(PASSWORD, "another").getMessage(),
            wrong.toString())) {
      assertFalse(shown.contains("s3cr3t") || shown.contains("t0ken"), shown);
    }
  }

  @Test
  void aLocationIsRefusedWhereNoneIsExpected() {
    assertEquals(
        "db:x (expected: db:LOCATION)",
        assertThrows(
                WrongSettingsException.class,
                () -> OriginSettings.ofLocation("scores", ORIGIN, "x"))
            .getMessage());
  }

  @Test
  void whatTheOriginFindsWrongNamesTheSettingInAFileAndTheOriginOnTheCommandLine() {
    FilesOrigin files = new FilesOrigin();
    assertEquals(
        "files.folder: /none (expected: files:DIR with an existing folder DIR)",
        assertThrows(
                WrongSettingsException.class,
                () -> Origins.of(List.of(files)).open("g", "files", Map.of("folder", "/none")))
            .getMessage());
    assertEquals(
        "files:/none (expected: files:DIR with an existing folder DIR)",
        assertThrows(
                WrongSettingsException.class,
                () -> Origins.of(List.of(files)).open("g", "files:/none"))
            .getMessage());
  }
}
