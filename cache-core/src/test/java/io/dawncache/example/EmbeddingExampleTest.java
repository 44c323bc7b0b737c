package io.dawncache.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class EmbeddingExampleTest {
  /** What the example prints; {@code OutsideProjectIT} wants the same of it outside. */
  static final List<String> OUTPUT =
      List.of("Tom: 630", "Tom: 630", "Sam: 567", "load scores/Nobody: not found");

  @Test
  @ResourceLock(Resources.SYSTEM_OUT)
  void theExampleOfTheReadmePrintsWhatItSays() {
    PrintStream out = System.out;
    var printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      EmbeddingExample.main(new String[0]);
    } finally {
      System.setOut(out);
    }

    assertEquals(OUTPUT, printed.toString(UTF_8).lines().toList());
  }

  @Test
  void theReadmeShowsTheExampleAsItIs() throws IOException {
    Path root = Path.of(System.getProperty("dawncache.root"));
    String readme = Files.readString(root.resolve("README.md"));
    String source =
        Files.readString(
            root.resolve("cache-core/src/test/java/io/dawncache/example/EmbeddingExample.java"));
    int block = readme.indexOf("```java", readme.indexOf("EmbeddingExample.java"));
    String shown = readme.substring(readme.indexOf('\n', block), readme.indexOf("\n```\n", block));
    for (String line : shown.lines().map(String::strip).toList()) {
      assertTrue(source.contains(line), () -> "in the README but not in the example: " + line);
    }
  }
}
