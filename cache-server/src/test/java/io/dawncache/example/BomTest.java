package io.dawncache.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What applications import names every artifact that is released, and nothing else. */
class BomTest {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));
  private static final Set<String> NOT_RELEASED = Set.of("cache-bench");
  private static final String BOM = "dawncache-bom";

  @Test
  void theBomNamesEachReleasedArtifact() throws IOException {
    Set<String> released = new TreeSet<>();
    for (String module : all("<module>([^<]+)</module>", read("pom.xml"))) {
      String artifact = Path.of(module).getFileName().toString();
      assertTrue(read(module + "/pom.xml").contains("<artifactId>" + artifact + "</artifactId>"));
      if (!artifact.equals(BOM) && !NOT_RELEASED.contains(artifact)) {
        released.add(artifact);
      }
    }
    String managed = read(BOM + "/pom.xml");
    managed = managed.substring(managed.indexOf("<dependencyManagement>"));
    managed = managed.substring(0, managed.indexOf("</dependencyManagement>"));

    assertEquals(released, new TreeSet<>(all("<artifactId>([^<]+)</artifactId>", managed)));
    assertEquals(Set.of("io.dawncache"), new TreeSet<>(all("<groupId>([^<]+)</groupId>", managed)));
    assertEquals(
        Set.of("${project.version}"), new TreeSet<>(all("<version>([^<]+)</version>", managed)));
  }

  @Test
  void theBomHasTheVersionOfItsArtifactsAndBringsNoOther() throws IOException {
    String bom = read(BOM + "/pom.xml");
    String version = "<version>([^<]+)</version>";

    assertEquals(all(version, read("pom.xml")).get(0), all(version, bom).get(0));
    assertFalse(bom.contains("<parent>"), "a parent's versions would come with it");
    for (String setting : List.of("license", "developer", "connection", "gpg-plugin")) {
      assertTrue(bom.contains(setting), setting);
    }
  }

  @Test
  void thePaperOnReleasesNamesEachReleasedArtifact() throws IOException {
    String paper = read("CONTRIBUTING.md");
    String releasing = paper.substring(paper.indexOf("## Releasing"), paper.indexOf("1. "));

    for (String artifact :
        all("<artifactId>((?:cache|dawncache)-[^<]+)<", read(BOM + "/pom.xml"))) {
      assertTrue(releasing.contains("`" + artifact + "`"), artifact);
    }
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
