package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image of {@code scripts/package --oci}: unpacked as it describes itself, and run by chroot.
 */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImageIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();

  /** Becomes a program in the image, with what containers have in /dev and /proc. */
  private static final String ENTER =
      """
      mount --rbind /dev "$1/dev"
      mount --rbind /proc "$1/proc"
      user=$2 root=$1
      shift 2
      exec chroot ${user:+"--userspec=$user"} "$root" "$@"
      """;

  @TempDir private Path temp;

  private String run(List<String> command) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Process process = process(command).redirectOutput(out.toFile()).start();
    int exitCode = process.waitFor();
    String text = Files.readString(out);
    assertEquals(0, exitCode, () -> String.join(" ", command) + "\n" + text + log());
    return text;
  }

  private ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.redirectError(temp.resolve("log").toFile());
  }

  private String log() {
    try {
      return Files.readString(temp.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Path image(String folder) throws Exception {
    Path to = temp.resolve(folder);
    run(List.of(ROOT.resolve("scripts/package").toString(), "--oci", to.toString()));
    try (Stream<Path> files = Files.list(to)) {
      return files.filter(file -> file.toString().endsWith("-oci.tar")).findAny().orElseThrow();
    }
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file, UTF_8)).getAsJsonObject();
  }

  /** Returns the file that a descriptor names, which is as long and has the hash that it says. */
  private static Path blob(Path layout, JsonElement descriptor) throws Exception {
    String digest = descriptor.getAsJsonObject().get("digest").getAsString();
    Path file = layout.resolve("blobs").resolve(digest.replace(':', '/'));
    assertEquals(descriptor.getAsJsonObject().get("size").getAsLong(), Files.size(file));
    assertEquals(digest, sha256(new FileInputStream(file.toFile())));
    return file;
  }

  private static String sha256(InputStream content) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (content) {
      byte[] buffer = new byte[1 << 16];
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  /** Unpacks the layers in their order, and returns the configuration. */
  private JsonObject unpack(Path image, Path root) throws Exception {
    Path layout = Files.createDirectory(temp.resolve("layout"));
    run(List.of("tar", "-C", layout.toString(), "-xf", image.toString()));
    assertEquals(
        "1.0.0", json(layout.resolve("oci-layout")).get("imageLayoutVersion").getAsString());
    JsonArray manifests = json(layout.resolve("index.json")).getAsJsonArray("manifests");
    assertEquals(1, manifests.size());
    JsonObject manifest = json(blob(layout, manifests.get(0)));
    JsonObject description = json(blob(layout, manifest.get("config")));
    JsonArray layers = manifest.getAsJsonArray("layers");
    JsonArray contents = description.getAsJsonObject("rootfs").getAsJsonArray("diff_ids");
    assertEquals(layers.size(), contents.size());
    for (int i = 0; i < layers.size(); i++) {
      Path layer = blob(layout, layers.get(i));
      assertEquals(
          contents.get(i).getAsString(),
          sha256(new GZIPInputStream(new FileInputStream(layer.toFile()))));
      run(List.of("tar", "-C", root.toString(), "-xpzf", layer.toString()));
    }
    return description.getAsJsonObject("config");
  }

  private static List<String> texts(JsonObject config, String name) {
    return config.getAsJsonArray(name).asList().stream().map(JsonElement::getAsString).toList();
  }

  /** Returns a command that runs a program in the image, as its user and in its environment. */
  private List<String> within(Path root, JsonObject config, List<String> program) throws Exception {
    boolean isRoot = run(List.of("id", "-u")).strip().equals("0");
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    if (!isRoot) {
      command.add("--map-root-user"); // which has one user only
    }
    String user = isRoot ? config.get("User").getAsString() : "";
    command.addAll(List.of("sh", "-euc", ENTER, "sh", root.toString(), user));
    command.addAll(List.of("/usr/bin/env", "-i", "-C", config.get("WorkingDir").getAsString()));
    command.addAll(texts(config, "Env"));
    command.addAll(program);
    return command;
  }

  @Test
  void itServesTheSampleAsItsUserAndIsTheSameBytesEachTime() throws Exception {
    Path image = image("first");
    assertEquals(-1, Files.mismatch(image, image("second")));

    Path root = Files.createDirectory(temp.resolve("root"));
    JsonObject config = unpack(image, root);
    assertFalse(config.get("User").getAsString().startsWith("0"));
    assertTrue(texts(config, "Env").contains("DAWNCACHE_JAVA_OPTS=-XX:MaxRAMPercentage=50"));
    assertTrue(config.getAsJsonObject("ExposedPorts").has("8001/tcp"));
    List<String> program = new ArrayList<>(texts(config, "Entrypoint"));
    program.addAll(texts(config, "Cmd"));
    assertEquals("0.0.0.0:8001", program.set(program.size() - 1, "127.0.0.1:0"));

    Process node = process(within(root, config, program)).start();
    try {
      String serving = node.inputReader().readLine();
      assertTrue(serving != null && serving.startsWith("serving scores, players at "), this::log);
      assertFalse(log().contains("archiv"), this::log);
      String files = Files.readString(Path.of("/proc", Long.toString(node.pid()), "maps"));
      assertTrue(files.contains(".archive"), files); // of classes, in use
      String url = serving.replaceAll(".* at (\\S+),.*", "$1");
      List<String> get = List.of("dawncache", "get", "--node", url);
      assertEquals("630", run(within(root, config, with(get, "scores", "Tom"))));
      assertTrue(run(within(root, config, with(get, "players", "player-7"))).contains("player-7"));

      node.toHandle().destroy(); // keeps what it prints readable
      assertEquals("stopped", node.inputReader().readLine());
      assertTrue(node.waitFor(60, TimeUnit.SECONDS));
      assertEquals(143, node.exitValue());
    } finally {
      node.destroyForcibly().waitFor();
    }
  }

  private static List<String> with(List<String> command, String... arguments) {
    return Stream.concat(command.stream(), Stream.of(arguments)).toList();
  }
}
