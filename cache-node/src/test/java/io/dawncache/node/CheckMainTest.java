package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckMainTest {
  @TempDir private Path folder;

  private Ran check(String text) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, text.replace("FOLDER", folder.toString()));
    Ran ran = Ran.check(file.toString());
    return new Ran(
        ran.exitCode(),
        ran.out().replace(file.toString(), "FILE"),
        ran.err().stream().map(line -> line.replace(file.toString(), "FILE")).toList());
  }

  @Test
  void aFileWithoutMistakesIsOneLine() throws Exception {
    assertEquals(
        new Ran(0, "FILE: no mistake, groups [scores, docs]" + System.lineSeparator(), List.of()),
        check(
            """
            listen: 127.0.0.1:0
            groups:
              scores: {origin: "files:FOLDER"}
              docs: {origin: {files: FOLDER}}
            """));
  }

  @Test
  void allMistakesOfTheFileAndItsOriginsAreNamed() throws Exception {
    assertEquals(
        new Ran(
            1,
            "",
            List.of(
                "FILE:1:9: listen: here (expected: HOST:PORT, such as 127.0.0.1:8001 or"
                    + " [::1]:8001)",
                "FILE:2:27: groups.scores.origin: files:/no/such (expected: files:DIR with an"
                    + " existing folder DIR)")),
        check("listen: here\ngroups: {scores: {origin: 'files:/no/such'}}\n"));
  }

  @Test
  void aFileIsNeeded() {
    Ran ran = Ran.check();

    assertEquals(2, ran.exitCode());
    assertEquals(List.of("check: FILE: missing (expected: check FILE)"), ran.err());
    assertTrue(Ran.check("--help").out().contains("FILE:LINE:COLUMN"));
  }
}
