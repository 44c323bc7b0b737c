package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Loaded;
import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.OpenOrigin;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.OriginSettings;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.Secret;
import io.dawncache.node.origin.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Origins whose settings stand in a file. */
class OpenGroupsTest {
  /** Answers with its own settings. */
  private static final class Safe implements Origin {
    private static final Setting<Secret> PIN =
        Setting.secret("pin", "opens it").required("four digits");
    private static final Setting<Integer> WIDTH =
        Setting.integer("door.width", "of the door", 1, 9).orElse(1);

    @Override
    public String scheme() {
      return "safe";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(PIN, WIDTH, Setting.text("open", "when"));
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      String answer = settings.get(PIN).reveal() + " " + settings.get(WIDTH);
      return OpenOrigin.of(key -> Loaded.ofUtf8(answer));
    }
  }

  private static final Origins ORIGINS = Origins.of(List.of(new Safe()));

  @TempDir private Path folder;

  private final Mistakes mistakes = new Mistakes();

  private OpenGroups open(String text) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, "listen: 127.0.0.1:0\n" + text);
    NodeConfig config =
        new ConfigReader(file, Map.of("PIN", "1234"), Map.of(), Map.of()).read(mistakes);
    return OpenGroups.open(config, ORIGINS, mistakes);
  }

  private List<String> lines() {
    return mistakes.lines().stream()
        .map(line -> line.replace(folder.resolve("node.yaml").toString(), "FILE"))
        .toList();
  }

  @Test
  void anOriginIsOpenedWithItsSettings() throws Exception {
    OpenGroups opened =
        open("groups: {a: {origin: {safe: {pin: {env: PIN}, door: {width: 3}}}}}\n");

    assertEquals(List.of(), lines());
    assertEquals("1234 3", opened.groups().get(0).origin().getter().load("Tom").value().toUtf8());
  }

  @Test
  void everyWrongSettingIsNamedAtItsPlaceAndASecretIsNotShown() throws Exception {
    OpenGroups opened =
        open(
            """
            groups:
              a:
                origin:
                  safe:
                    opn: now
                    door: {width: 10}
              b:
                origin: {safe: {pin: [1234]}}
              c:
                origin: {sfe: {}}
              d:
                origin: {safe: {pin: 1, open: {env: PIN}, door: {width: {env: PIN}}}}
            """);

    assertEquals(
        List.of(
            "FILE:5:7: groups.a.origin.safe.pin: missing (expected: four digits)",
            "FILE:6:9: groups.a.origin.safe.opn: unknown (expected: open)",
            "FILE:7:23: groups.a.origin.safe.door.width: 10 (expected: 1 to 9)",
            "FILE:9:26: groups.b.origin.safe.pin: *** (expected: four digits)",
            "FILE:11:14: groups.c.origin: sfe (expected: safe)",
            "FILE:13:61: groups.d.origin.safe.door.width: *** (expected: 1 to 9)"),
        lines());
    assertEquals(List.of(), opened.groups());
  }
}
