package io.dawncache.example;

import io.dawncache.core.CacheNode;
import io.dawncache.core.KeyCodec;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.TypedGroup;
import io.dawncache.core.ValueCodec;
import java.util.Map;

/** The README's example: a cache inside an application, in front of a map that plays the origin. */
public final class EmbeddingExample {
  private EmbeddingExample() {}

  /** Prints two values, one of them twice, and that a third is not found. */
  public static void main(String[] args) {
    Map<String, String> origin = Map.of("Tom", "630", "Jack", "589", "Sam", "567");
    try (CacheNode node = CacheNode.create()) {
      TypedGroup<String, String> scores =
          node.addGroup(
              "scores", KeyCodec.of(String.class), ValueCodec.utf8(), key -> origin.get(key));
      System.out.println("Tom: " + scores.get("Tom")); // loaded
      System.out.println("Tom: " + scores.get("Tom")); // from memory
      System.out.println("Sam: " + scores.async().get("Sam").join());
      scores.get("Nobody");
    } catch (NotFoundException e) {
      System.out.println(e.getMessage());
    }
  }
}
