package io.dawncache.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTextTest {
  /** An origin with secrets whose names do not look like any. */
  private static final class Safe implements Origin {
    @Override
    public String scheme() {
      return "safe";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(
          Setting.secret("pin", "a number"),
          Setting.secrets("door.codes", "numbers"),
          Setting.text("open", "when"));
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Origins ORIGINS = Origins.of(List.of(new Safe()));

  @TempDir private Path folder;

  private NodeConfig read(String text) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, text);
    Mistakes mistakes = new Mistakes();
    NodeConfig config =
        new ConfigReader(file, Map.of("DAWNCACHE_ZONE", "eu"), Map.of(), Map.of()).read(mistakes);
    assertEquals(List.of(), mistakes.lines());
    return config;
  }

  @Test
  void eachValueHasItsSource() throws Exception {
    List<String> lines =
        ConfigText.of(
            read(
                """
                listen: 127.0.0.1:0
                limits: {stop-grace: 1s}
                groups: {'my group': {origin: files:/srv}}
                """),
            ORIGINS);

    assertTrue(lines.get(0).matches("listen: 127\\.0\\.0\\.1:0 +# .*node\\.yaml:1"), lines.get(0));
    assertTrue(lines.stream().anyMatch(l -> l.matches("# self: +# not set")));
    assertTrue(lines.stream().anyMatch(l -> l.matches("zone: eu +# DAWNCACHE_ZONE")));
    assertTrue(lines.stream().anyMatch(l -> l.matches("  stop-grace: 1s +# .*node\\.yaml:2")));
    assertTrue(lines.stream().anyMatch(l -> l.matches("  max-ejected: 67 +# default")));
    assertTrue(lines.contains("  \"my group\":"), lines::toString);
  }

  @Test
  void whatIsPrintedIsAFileThatSaysTheSame() throws Exception {
    String text =
        """
        listen: 127.0.0.1:0
        self: http://127.0.0.1:8001
        peers: [http://127.0.0.1:8001, http://127.0.0.1:8002]
        log: {io.dawncache: debug, "": warn}
        groups:
          "yes: #1": {origin: "files:/a b", ttl: 5m, budget: 10%}
          '1': {origin: {http: {url: 'http://a/{key}', headers: {accept: '*/*'}}}, hedge: on}
        """;
    NodeConfig config = read(text);

    NodeConfig again = read(String.join("\n", ConfigText.of(config, ORIGINS)) + "\n");

    assertEquals(config.server().build().toString(), again.server().build().toString());
    assertEquals(config.logLevels(), again.logLevels());
    assertEquals(List.copyOf(config.groups().keySet()), List.copyOf(again.groups().keySet()));
    config
        .groups()
        .forEach(
            (name, group) -> {
              assertEquals(group.config().toString(), again.groups().get(name).config().toString());
              assertEquals(group.origin().plain(), again.groups().get(name).origin().plain());
            });
  }

  @Test
  void whatLooksLikeASecretIsMasked() throws Exception {
    String printed =
        String.join(
            "\n",
            ConfigText.of(
                read(
                    """
                    listen: 127.0.0.1:0
                    groups:
                      a: {origin: {jdbc: {url: "jdbc:x://h/d?user=u&password=hunter2&ssl=1", password: hunter2}}}
                      b: {origin: "http:http://joe:hunter2@h/{key}?api_token=hunter2"}
                      c: {origin: {http: {url: "http://h/{key}", headers: {Authorization: hunter2}}}}
                      d: {origin: {safe: {pin: hunter2, door: {codes: {front: hunter2}}, open: now}}}
                    """),
                ORIGINS));

    assertTrue(!printed.contains("hunter2"), printed);
    assertTrue(printed.contains("        open: now "), printed);
    assertTrue(printed.contains("?user=u&password=***&ssl=1"), printed);
    assertTrue(printed.contains("http://***@h/{key}?api_token=***"), printed);
  }
}
