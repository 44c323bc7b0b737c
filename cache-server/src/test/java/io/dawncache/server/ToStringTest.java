package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What an application may log says what it is. */
class ToStringTest {
  /** Held to be used and not to be shown, or as large as what they hold. */
  private static final Set<String> NOT_SHOWN =
      Set.of("GroupEndpoint.java", "TypedGroup.java", "ConcurrentLru.java", "Singleflight.java");

  /** A class that may have instances; records and enums say what they are anyway. */
  private static final Pattern PUBLIC_CLASS =
      Pattern.compile(
          "^public (?:final |sealed |non-sealed )*class (?![^{]*extends \\w*Exception)",
          Pattern.MULTILINE);

  private static final Pattern INSTANCE_METHOD =
      Pattern.compile(
          "^  public (?!static |[\\w ]*(?:class|record|interface|enum) )[^=(]*?\\b[a-z]\\w*\\(",
          Pattern.MULTILINE);

  @Test
  void everyPublicClassWithInstancesSaysWhatItIs() {
    List<String> silent = new ArrayList<>();
    int classes = 0;
    for (Path file : SinceTest.exportedSources()) {
      String source = SinceTest.read(file);
      if (PUBLIC_CLASS.matcher(source).find() && INSTANCE_METHOD.matcher(source).find()) {
        classes++;
        if (!source.contains("String toString()")) {
          silent.add(file.getFileName().toString());
        }
      }
    }
    silent.removeAll(NOT_SHOWN);
    assertTrue(classes > 15, "classes found: " + classes);
    assertEquals(List.of(), silent, "without toString");
  }

  @Test
  void aNodeAndAGroupAreShownByTheirNames() {
    CacheNode node = CacheNode.create();
    Group scores = node.addGroup("scores", Loaded::ofUtf8);
    node.addGroup("players", Loaded::ofUtf8);

    assertEquals("node with the groups [players, scores]", node.toString());
    assertEquals("group scores", scores.toString());

    node.removeGroup("scores");
    node.close();

    assertEquals("group scores, removed", scores.toString());
    assertEquals("node with the groups [players], closed", node.toString());
  }

  @Test
  void bytesInFlightAreShownWithTheirLimit() {
    try (CacheNode node = CacheNode.builder().heapBytes(80 << 20).build()) {
      node.bytesInFlight().resize(1000);
      assertTrue(node.bytesInFlight().open().add(12));

      assertEquals("12 of 1000 bytes in flight", node.bytesInFlight().toString());
    }
  }
}
