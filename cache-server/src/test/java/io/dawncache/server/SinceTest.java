package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an application may use says since which version it is there. */
class SinceTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final List<String> MODULES =
      List.of(
          "cache-core",
          "cache-server",
          "cache-operations",
          "integrations/dawncache-micrometer",
          "integrations/dawncache-test");

  /** A package that is exported to everybody. */
  private static final Pattern EXPORT = Pattern.compile("exports\\s+([\\w.]+)\\s*;");

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "^public (?:abstract |final |sealed |non-sealed )*(?:class|interface|enum|record) ",
          Pattern.MULTILINE);

  private static final Pattern SINCE =
      Pattern.compile("^ \\* @since \\d+\\.\\d+\\.\\d+$", Pattern.MULTILINE);

  @Test
  void everyPublicTypeOfAnExportedPackageSaysSinceWhichVersionItIsThere() {
    List<String> silent = new ArrayList<>();
    int types = 0;
    for (Path file : exportedSources()) {
      String source = read(file);
      Matcher type = PUBLIC_TYPE.matcher(source);
      if (type.find()) {
        types++;
        if (!SINCE.matcher(source.substring(0, type.start())).find()) {
          silent.add(ROOT.relativize(file).toString());
        }
      }
    }
    assertTrue(types > 50, "public types found: " + types);
    assertEquals(List.of(), silent, "without @since");
  }

  /** Returns the sources of the packages that are exported to everybody. */
  static List<Path> exportedSources() {
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      Path sources = ROOT.resolve(module).resolve("src/main/java");
      Matcher export = EXPORT.matcher(read(sources.resolve("module-info.java")));
      while (export.find()) {
        files.addAll(filesIn(sources.resolve(export.group(1).replace('.', '/'))));
      }
    }
    return files;
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
