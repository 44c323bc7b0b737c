package io.dawncache.bench.contest;

import static io.dawncache.bench.contest.Player.BARE;
import static io.dawncache.bench.contest.Player.CODEC;
import static io.dawncache.bench.contest.Player.GO;
import static io.dawncache.bench.contest.Player.GO_TLS;
import static io.dawncache.bench.contest.Player.HITS;
import static io.dawncache.bench.contest.Player.NGINX;
import static io.dawncache.bench.contest.Player.NODE;
import static io.dawncache.bench.contest.Player.NODE_AGAIN;
import static io.dawncache.bench.contest.Player.NODE_OPENSSL;
import static io.dawncache.bench.contest.Player.NODE_TLS;
import static io.dawncache.bench.contest.Player.OTHER_NODE;
import static io.dawncache.bench.contest.Player.REDIS;
import static io.dawncache.bench.contest.Player.TWO_GOS;
import static io.dawncache.bench.contest.Player.TWO_NODES;
import static io.dawncache.bench.contest.Player.TWO_NODES_AGAIN;
import static io.dawncache.bench.contest.Player.TWO_NODES_OPENSSL;
import static io.dawncache.bench.contest.Player.TWO_NODES_TLS;
import static io.dawncache.bench.contest.Player.TWO_OTHER_NODES;

import io.dawncache.bench.contest.Load.Keys;
import java.util.ArrayList;
import java.util.List;

/**
 * A comparison.
 *
 * @param name as on the command line
 * @param title a description of the requests
 * @param load how the players are asked
 * @param players who takes part; the first is the one that all are compared with
 * @param bars the bounds to meet
 */
record Scene(String name, String title, Load load, List<Player> players, List<Bar> bars) {
  private static final int ROOMY_MIB = 256;

  /**
   * Small enough for the misses of a warm-up to fill: then every turn evicts as much as it loads.
   */
  private static final int SOON_FULL_MIB = 16;

  /** All scenes. */
  static final List<Scene> ALL =
      List.of(
          new Scene(
              "hit",
              "hit, one at a time",
              new Load(64, 1, 100, ROOMY_MIB, Keys.HELD),
              List.of(CODEC, NODE, NODE_AGAIN, BARE, GO, NGINX, REDIS),
              List.of(
                  new Bar(NODE, CODEC, 1.05), new Bar(NODE, GO, 0.5), new Bar(CODEC, NGINX, 1.25))),
          new Scene(
              "pipelined",
              "hit, 16 pipelined",
              new Load(64, 16, 100, ROOMY_MIB, Keys.HELD),
              List.of(CODEC, NODE, NODE_AGAIN, BARE, GO, NGINX, REDIS),
              List.of(new Bar(NODE, CODEC, 0.75), new Bar(NODE, GO, 0.10))),
          new Scene(
              "hop",
              "key of another node, 64 connections",
              new Load(64, 1, 100, ROOMY_MIB, Keys.OTHERS),
              List.of(HITS, TWO_NODES, TWO_GOS),
              List.of(new Bar(TWO_NODES, HITS, 1.5), new Bar(TWO_NODES, TWO_GOS, 0.25))),
          new Scene(
              "hop8",
              "key of another node, 8 connections",
              new Load(8, 1, 100, ROOMY_MIB, Keys.OTHERS),
              List.of(HITS, TWO_NODES, TWO_GOS),
              List.of(new Bar(TWO_NODES, HITS, 2.1), new Bar(TWO_NODES, TWO_GOS, 0.25))),
          new Scene(
              "tls",
              "hit, one at a time, with TLS and without",
              new Load(64, 1, 100, ROOMY_MIB, Keys.HELD),
              List.of(NODE, NODE_TLS, NODE_OPENSSL, GO_TLS),
              List.of(
                  new Bar(NODE_TLS, NODE, 2.2),
                  new Bar(NODE_OPENSSL, NODE, 1.5),
                  new Bar(NODE_OPENSSL, GO_TLS, 0.5))),
          new Scene(
              "tls-hop",
              "key of another node, 64 connections, with TLS and without",
              new Load(64, 1, 100, ROOMY_MIB, Keys.OTHERS),
              List.of(TWO_NODES, TWO_NODES_TLS, TWO_NODES_OPENSSL),
              List.of()),
          new Scene(
              "large",
              "hit, values of 64 KiB",
              new Load(16, 1, 64 << 10, ROOMY_MIB, Keys.HELD),
              List.of(NODE, NODE_AGAIN, GO, NGINX),
              List.of(new Bar(NODE, NGINX, 1.35), new Bar(NODE, GO, 0.6))),
          new Scene(
              "huge",
              "hit, values of 1 MiB",
              new Load(16, 1, 1 << 20, ROOMY_MIB, Keys.HELD),
              List.of(NODE, NODE_AGAIN, GO, NGINX),
              List.of(new Bar(NODE, NGINX, 1.35), new Bar(NODE, GO, 0.6))),
          new Scene(
              "miss",
              "miss, loaded at once",
              new Load(64, 1, 100, SOON_FULL_MIB, Keys.FRESH),
              List.of(HITS, NODE, NODE_AGAIN, GO),
              List.of(new Bar(NODE, HITS, 2.0))));

  /** Returns this scene with the nodes of another checkout, and with ours twice to show chance. */
  Scene withOtherNodes() {
    List<Player> more = new ArrayList<>();
    for (Player player : players) {
      switch (player) {
        case NODE -> more.addAll(List.of(NODE, NODE_AGAIN, OTHER_NODE));
        case TWO_NODES -> more.addAll(List.of(TWO_NODES, TWO_NODES_AGAIN, TWO_OTHER_NODES));
        case NODE_AGAIN -> {} // present already
        default -> more.add(player);
      }
    }
    return new Scene(name, title, load, List.copyOf(more), bars);
  }

  /**
   * A player's CPU time per request should be at most {@code atMost} times another's.
   *
   * @param of the player
   * @param to the player that it is compared with
   */
  record Bar(Player of, Player to, double atMost) {}
}
