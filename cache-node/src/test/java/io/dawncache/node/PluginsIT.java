package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.Plugins;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The origin that docs/origins.md has as an example, built and put into plugins/. */
@Timeout(60)
class PluginsIT {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("dawncache.root", ".."), "docs", "origins.md");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final String CLASS = "com.example.HelloOrigin";

  @TempDir private Path folder;
  private Process node;

  @AfterEach
  void stop() throws InterruptedException {
    if (node != null) {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void theDocumentedOriginIsFoundInThePluginsOfANode() throws Exception {
    Path said = folder.resolve("said");
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    jar(plugins.resolve("hello.jar"), compiled());

    node =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + Plugins.PROPERTY + "=" + plugins,
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "greetings=hello:Hi")
            .redirectError(said.toFile())
            .start();
    String serving = node.inputReader().readLine();
    assertNotNull(serving, () -> text(said));
    String url = serving.replaceAll(".* at |, alone", "");

    assertEquals(new Ran(0, "Hi Tom", List.of()), Ran.get("--node", url, "greetings", "Tom"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Compiles the example as it stands in the document. */
  private Path compiled() throws IOException {
    Matcher java = JAVA.matcher(Files.readString(DOCUMENT));
    assertTrue(java.find());
    Path source = Files.writeString(folder.resolve("HelloOrigin.java"), java.group(1));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertEquals(0, exitCode);
    return classes.resolve(CLASS.replace('.', '/') + ".class");
  }

  private static void jar(Path jar, Path compiled) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      out.putNextEntry(new JarEntry(CLASS.replace('.', '/') + ".class"));
      out.write(Files.readAllBytes(compiled));
      out.putNextEntry(new JarEntry("META-INF/services/" + Origin.class.getName()));
      out.write(CLASS.getBytes(UTF_8));
    }
  }
}
