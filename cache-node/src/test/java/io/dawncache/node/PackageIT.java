package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packages of {@code scripts/package}, unpacked and run. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PackageIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();

  @TempDir private static Path temp;

  private static List<Path> first;

  @BeforeAll
  static void make() throws Exception {
    first = packages("first");
  }

  private static String run(Path folder, String... command) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Process process = process(folder, List.of(command)).redirectOutput(out.toFile()).start();
    int exitCode = process.waitFor();
    String text = Files.readString(out);
    assertEquals(0, exitCode, () -> String.join(" ", command) + "\n" + text + log());
    return text;
  }

  private static ProcessBuilder process(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", temp.resolve("cache").toString());
    return builder.redirectError(temp.resolve("log").toFile());
  }

  private static String log() {
    try {
      return Files.readString(temp.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static List<Path> packages(String folder) throws Exception {
    Path to = temp.resolve(folder);
    run(temp, ROOT.resolve("scripts/package").toString(), to.toString());
    try (Stream<Path> files = Files.list(to)) {
      return files.sorted().toList();
    }
  }

  /** Runs the sample configuration with a command, and asks for a value of each group. */
  private static void serves(Path folder, String dawncache, String config) throws Exception {
    List<String> command = new ArrayList<>(List.of(dawncache, "serve", "--config", config));
    command.addAll(List.of("--listen", "127.0.0.1:0"));
    Process node = process(folder, command).start();
    try {
      String serving = node.inputReader().readLine();
      assertTrue(
          serving != null && serving.startsWith("serving scores, players at "), PackageIT::log);
      String url = serving.replaceAll(".* at (\\S+),.*", "$1");
      assertEquals("630", run(folder, dawncache, "get", "--node", url, "scores", "Tom"));
      assertTrue(
          run(folder, dawncache, "get", "--node", url, "players", "player-7").contains("player-7"));
      assertTrue(run(folder, dawncache, "members", url).contains("players"));

      node.toHandle().destroy(); // keeps what it prints readable
      assertEquals("stopped", node.inputReader().readLine());
    } finally {
      node.destroy();
      assertTrue(node.waitFor(60, TimeUnit.SECONDS));
    }
  }

  private static Path unpacked() throws Exception {
    Path folder = Files.createTempDirectory(temp, "unpacked");
    run(folder, "tar", "xf", first.get(0).toString());
    try (Stream<Path> all = Files.list(folder)) {
      return all.findAny().orElseThrow();
    }
  }

  private static Path installed() throws Exception {
    Path folder = Files.createTempDirectory(temp, "installed");
    run(temp, "dpkg-deb", "-x", first.get(2).toString(), folder.toString());
    return folder;
  }

  @Test
  void theyAreTheSameBytesEachTime() throws Exception {
    List<Path> second = packages("second");

    assertEquals(3, first.size(), first::toString);
    for (int i = 0; i < first.size(); i++) {
      assertEquals(-1, Files.mismatch(first.get(i), second.get(i)), first.get(i)::toString);
    }
  }

  @Test
  void anUnpackedOneServesTheSample() throws Exception {
    Path folder = unpacked();

    serves(folder, folder.resolve("bin/dawncache").toString(), "conf/dawncache.yaml");
  }

  @Test
  void theDebianPackageServesTheSample() throws Exception {
    Path installed = installed();
    Path share = installed.resolve("usr/share/dawncache");

    serves(
        share,
        share.resolve("scripts/dawncache").toString(),
        installed.resolve("etc/dawncache/dawncache.yaml").toString());
    String unit = Files.readString(installed.resolve("lib/systemd/system/dawncache.service"));
    assertTrue(
        unit.contains("ExecStart=/usr/bin/dawncache serve --config /etc/dawncache/dawncache.yaml"),
        unit);
  }

  @Test
  void completionIsWhereBashLooksForIt() throws Exception {
    byte[] ours = Files.readAllBytes(ROOT.resolve("scripts/completion/dawncache.bash"));

    assertArrayEquals(ours, Files.readAllBytes(unpacked().resolve("completion/dawncache.bash")));
    assertArrayEquals(
        ours,
        Files.readAllBytes(installed().resolve("usr/share/bash-completion/completions/dawncache")));
  }

  @Test
  void theBillOfMaterialsNamesEachJarAndNoOther() throws Exception {
    Path folder = unpacked();
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> jars = Files.list(folder.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        hashes.put(jar.getFileName().toString(), sha256(jar));
      }
    }
    JsonObject bill =
        JsonParser.parseString(Files.readString(folder.resolve("sbom.cdx.json"))).getAsJsonObject();
    List<JsonObject> components = new ArrayList<>();
    components.add(bill.getAsJsonObject("metadata").getAsJsonObject("component"));
    bill.getAsJsonArray("components").forEach(each -> components.add(each.getAsJsonObject()));

    Map<String, String> named = new TreeMap<>();
    Set<String> references = new HashSet<>();
    for (JsonObject component : components) {
      String name = component.get("name").getAsString();
      String version = component.get("version").getAsString();
      String group = component.get("group").getAsString();
      assertEquals(
          "pkg:maven/" + group + "/" + name + "@" + version + "?type=jar",
          component.get("purl").getAsString());
      assertFalse(component.getAsJsonArray("licenses").isEmpty(), name);
      named.put(name + "-" + version + ".jar", sha256(component));
      references.add(component.get("bom-ref").getAsString());
    }
    assertEquals(hashes, named);
    for (JsonElement dependency : bill.getAsJsonArray("dependencies")) {
      JsonObject one = dependency.getAsJsonObject();
      assertTrue(references.contains(one.get("ref").getAsString()), one::toString);
      for (JsonElement on : one.getAsJsonArray("dependsOn")) {
        assertTrue(references.contains(on.getAsString()), one::toString);
      }
    }
    assertFalse(bill.has("serialNumber"));
    assertFalse(bill.getAsJsonObject("metadata").has("timestamp"));
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  /** Returns the hash that a component of the bill has. */
  private static String sha256(JsonObject component) {
    for (JsonElement hash : component.getAsJsonArray("hashes")) {
      if (hash.getAsJsonObject().get("alg").getAsString().equals("SHA-256")) {
        return hash.getAsJsonObject().get("content").getAsString();
      }
    }
    throw new AssertionError(component);
  }
}
