package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What two nodes must have in common, and what they need not. */
class GroupSemanticsTest {
  private static GroupSemantics of(UnaryOperator<GroupConfig.Builder> settings) {
    return GroupSemantics.of(Map.of("scores", settings.apply(GroupConfig.builder()).build()));
  }

  static List<UnaryOperator<GroupConfig.Builder>> mustBeTheSame() {
    return List.of(
        config -> config.ttl(Duration.ofMinutes(5)),
        config -> config.ttl(Duration.ofMinutes(6)),
        config -> config.ttl(Duration.ofHours(1)).refreshAfterWrite(Duration.ofMinutes(5)),
        config -> config.staleIfError(Duration.ofMinutes(5)),
        config -> config.negativeTtl(Duration.ofMinutes(5)),
        config -> config.hotTtl(Duration.ofMinutes(5)),
        config -> config.maxKeyBytes(100),
        config -> config.maxValueBytes(100));
  }

  @Test
  void eachSettingThatDecidesAnswersGivesAnotherFingerprint() {
    List<GroupSemantics> all =
        Stream.concat(Stream.of(of(config -> config)), mustBeTheSame().stream().map(s -> of(s)))
            .toList();

    for (int i = 0; i < all.size(); i++) {
      for (int k = 0; k < all.size(); k++) {
        assertEquals(i == k, all.get(i).fingerprint() == all.get(k).fingerprint());
        Set<String> differing = i == k ? Set.of() : Set.of("scores");
        assertEquals(differing, all.get(i).differing(all.get(k)));
      }
    }
  }

  static List<UnaryOperator<GroupConfig.Builder>> mayDiffer() {
    return List.of(
        config -> config.maxBytes(1000),
        config -> config.policy(CachePolicy.LRU),
        config -> config.ttlJitter(0.5),
        config -> config.loadTimeout(Duration.ofMinutes(5)),
        config -> config.maxLoads(1),
        config -> config.maxQueuedLoads(1),
        config -> config.maxQueueTime(Duration.ofMinutes(5)),
        config -> config.maxWaiters(1),
        config -> config.hotBytes(0),
        config -> config.hedge(true),
        config -> config.hotTtl(GroupConfig.builder().build().hotTtl()));
  }

  @ParameterizedTest
  @MethodSource("mayDiffer")
  void settingsOfOneNodeDoNotCount(UnaryOperator<GroupConfig.Builder> settings) {
    assertEquals(of(config -> config), of(settings));
  }

  @Test
  void groupsThatOnlyOneNodeHasDiffer() {
    GroupConfig config = GroupConfig.builder().build();
    GroupSemantics two = GroupSemantics.of(Map.of("players", config, "scores", config));
    GroupSemantics one = GroupSemantics.of(Map.of("scores", config));

    assertEquals(Set.of("players"), two.differing(one));
    assertEquals(Set.of("players"), one.differing(two));
  }

  @Test
  void ofTooManyGroupsOnlyTheFirstAreNamed() {
    Map<String, GroupConfig> many = new HashMap<>();
    for (int i = 0; i < GroupSemantics.MOST_GROUPS; i++) {
      many.put("a" + i, GroupConfig.builder().build());
    }
    GroupSemantics named = GroupSemantics.of(many);
    many.put("b", GroupConfig.builder().build());
    GroupSemantics more = GroupSemantics.of(many);

    assertEquals(named.groups(), more.groups());
    assertNotEquals(named.fingerprint(), more.fingerprint());
    assertEquals(Set.of(), named.differing(more));
  }

  @Test
  void aGroupOfALongNameCountsAndIsNotNamed() {
    GroupConfig config = GroupConfig.builder().build();
    String longest = "x".repeat(GroupSemantics.MOST_NAME_CHARS);
    GroupSemantics one = GroupSemantics.of(Map.of(longest, config));
    GroupSemantics two = GroupSemantics.of(Map.of(longest, config, longest + "y", config));

    assertEquals(Set.of(longest), two.groups().keySet());
    assertNotEquals(one.fingerprint(), two.fingerprint());
  }

  @Test
  void aNodesFingerprintFollowsItsGroups() {
    try (CacheNode node = CacheNode.create()) {
      GroupSemantics none = node.semantics();
      Group group = node.addGroup("scores", key -> Loaded.notFound());
      GroupSemantics added = node.semantics();
      node.reconfigureGroup("scores", GroupConfig.builder().ttl(Duration.ofHours(1)).build());
      GroupSemantics changed = node.semantics();

      assertEquals(Set.of("scores"), none.differing(added));
      assertEquals(Set.of("scores"), added.differing(changed));
      node.removeGroup(group.name());
      assertEquals(none, node.semantics());
    }
  }
}
