package io.dawncache.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.dawncache.node.origin.Origins;
import io.dawncache.server.testing.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The schema in docs/ is that of the tables, and agrees with the reader about files. {@code mvn
 * -Ddawncache.write.docs=true} writes it anew.
 */
class ConfigSchemaTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final Gson JSON = new GsonBuilder().serializeNulls().create();

  private static final String SCHEMA = ConfigSchema.text(Origins.onClassPath());

  @TempDir private Path folder;

  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SCHEMA, InputFormat.JSON);

  private boolean isValid(String yaml) {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return schema.validate(JSON.toJson(loaded), InputFormat.JSON).isEmpty();
  }

  private List<String> mistakes(String yaml) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, yaml);
    Mistakes mistakes = new Mistakes();
    var unused = new ConfigReader(file, Map.of(), Map.of(), Map.of()).read(mistakes);
    return mistakes.lines();
  }

  @Test
  void theFileInDocsIsMadeOfTheTables() throws Exception {
    Path file = ROOT.resolve("docs/dawncache.schema.json");
    if (Boolean.getBoolean("dawncache.write.docs")) {
      Files.writeString(file, SCHEMA);
    }

    assertEquals(SCHEMA, Files.readString(file), file + " (expected: ConfigSchema.text)");
  }

  @Test
  void theSampleIsValidAndHasNoMistake() throws Exception {
    String sample = Files.readString(ROOT.resolve("conf/dawncache.yaml"));

    assertEquals(List.of(), mistakes(sample));
    assertTrue(isValid(sample));
  }

  @Test
  void theSampleWithAllItsCommentsIsValid() throws Exception {
    String sample =
        Files.readString(ROOT.resolve("conf/dawncache.yaml"))
            .replaceAll("(?m)^( *)# (?!yaml-)([a-z-]+:( .*)?)$", "$1$2")
            .replaceAll("(?m)^#( {3}[a-z.-]+: )", "$1")
            .replaceAll("(?m)^discovery:.*$", "")
            .replaceAll("(?m)^self:.*$", "self: https://127.0.0.1:8001")
            .replace("/etc/dawncache/", folder + "/");
    makeCertificates();

    assertTrue(sample.contains("\n    refresh-after-write:"), sample);
    assertEquals(List.of(), mistakes(sample));
    assertTrue(isValid(sample));
  }

  private void makeCertificates() throws Exception {
    Certificates authority = new Certificates(folder, "ca");
    authority.sign("node", Certificates.LOOPBACK);
    authority.revoke();
    Files.writeString(folder.resolve("peers"), "spiffe://shop/cache\n");
  }

  @Test
  void schemaAndReaderAgree() throws Exception {
    String head = "listen: 127.0.0.1:0\n";
    String group = "groups: {a: {origin: files:/srv}}\n";
    for (String valid :
        List.of(
            "max-ejected: 0",
            "hand-over-timeout: 0s",
            "hand-over-bytes: 1000000",
            "hand-over-bytes: 64 MiB",
            "stop-grace: {env: PATH}",
            "event-loops: 2")) {
      String yaml = head + group + "limits: {" + valid + "}\n";
      assertTrue(isValid(yaml), valid);
      if (!valid.contains("env")) {
        assertEquals(List.of(), mistakes(yaml), valid);
      }
    }
    for (String wrong :
        List.of(
            "ttl: 10",
            "ttl: 5 parsecs",
            "ttl:",
            "ttl: [1s]",
            "ttl-jitter: 2",
            "ttl-jitter: 10%",
            "budget: 200%",
            "budget: -1",
            "policy: fifo",
            "max-loads: 0",
            "max-loads: many",
            "hedge: maybe",
            "tll: 1s",
            "hot-bytes: 8 M/s",
            "origin: [a]",
            "origin: {a: {}, b: {}}")) {
      String origin = wrong.startsWith("origin") ? "" : "origin: files:/srv, ";
      String yaml = head + "groups: {a: {" + origin + wrong + "}}\n";
      assertFalse(isValid(yaml), wrong);
      assertFalse(mistakes(yaml).isEmpty(), wrong);
    }
    for (String wrong :
        List.of(
            "listen: 8001",
            "peer-frames: 2",
            "ring: round",
            "self: a:1",
            "limits: 1",
            "log: {a: loud}",
            "peers: [a]",
            "clutser: a",
            "groups: [a]")) {
      assertFalse(isValid(wrong + "\n"), wrong);
    }
  }
}
