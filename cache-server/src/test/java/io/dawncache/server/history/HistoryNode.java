package io.dawncache.server.history;

import io.dawncache.core.Applied;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program of a node under test: does what it is told over a {@link Wire} and loads its values
 * from there, too.
 *
 * <pre>
 * it hears                      it says
 *                               self URL
 * members ID URL,URL            done ID
 * get ID KEY                    value ID VALUE | failed ID
 * remove ID KEY                 done ID URL,URL (not reached) | failed ID
 * put ID KEY VALUE              as remove
 * clear ID                      as remove
 * leave ID                      done ID
 * loaded LOAD VALUE             (before) load LOAD KEY
 * </pre>
 */
final class HistoryNode {
  /** How long it may answer with copies of what it was not told to forget. */
  static final Duration HOT_TTL = Duration.ofSeconds(3);

  private final CacheNode node;
  private final Group group;
  private final CacheServer server;
  private final Wire wire;
  private final Map<String, CompletableFuture<Loaded>> loads = new ConcurrentHashMap<>();
  private final AtomicLong loadsBegun = new AtomicLong();

  private HistoryNode(CacheNode node, Wire wire, boolean peerFrames, int port, List<String> members)
      throws IOException {
    this.node = node;
    this.wire = wire;
    this.group =
        node.addAsyncGroup("scores", GroupConfig.builder().hotTtl(HOT_TTL).build(), this::load);
    this.server =
        CacheServer.start(
            node,
            ServerConfig.builder()
                .eventLoops(2)
                .peerFrames(peerFrames)
                .port(port)
                .members(members)
                .build());
  }

  /**
   * Runs until the test is gone.
   *
   * @param args the port of the test; whether peers are asked in frames; the port to listen on, 0
   *     for any; the members, if there are others
   */
  public static void main(String[] args) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
    try (Wire wire = new Wire(socket);
        CacheNode node = CacheNode.create()) {
      List<String> members = List.of(args).subList(3, args.length);
      HistoryNode it =
          new HistoryNode(
              node, wire, Boolean.parseBoolean(args[1]), Integer.parseInt(args[2]), members);
      wire.send("self", it.server.self());
      for (List<String> words = wire.receive(); words != null; words = wire.receive()) {
        it.hear(words);
      }
    }
    System.exit(0); // whatever is still under way
  }

  private CompletionStage<Loaded> load(String key) {
    CompletableFuture<Loaded> answer = new CompletableFuture<>();
    String id = Long.toString(loadsBegun.incrementAndGet());
    loads.put(id, answer);
    wire.send("load", id, key);
    return answer;
  }

  private void hear(List<String> words) {
    node.wakeUp(); // as a server does before it answers
    String id = words.get(1);
    switch (words.get(0)) {
      case "members" -> {
        server.setMembers(List.of(words.get(2).split(",")));
        wire.send("done", id, "");
      }
      case "leave" -> { // on a thread of its own: it waits for loads that this one has to end
        Thread leaving = new Thread(() -> leave(id), "leaving");
        leaving.setDaemon(true);
        leaving.start();
      }
      case "get" -> answer(id, group.getAsync(words.get(2)));
      case "remove" -> change(id, group.removeAsync(words.get(2)));
      case "put" -> change(id, group.putAsync(words.get(2), ByteView.ofUtf8(words.get(3))));
      case "clear" -> change(id, group.clearAsync());
      case "loaded" ->
          Objects.requireNonNull(loads.remove(id)).complete(Loaded.ofUtf8(words.get(2)));
      default -> throw new IllegalArgumentException(words.toString());
    }
  }

  private void leave(String id) {
    server.close();
    wire.send("done", id, "");
  }

  private void answer(String id, CompletableFuture<ByteView> value) {
    var unused =
        value.whenComplete(
            (bytes, error) -> {
              if (error == null) {
                wire.send("value", id, bytes.toUtf8());
              } else {
                wire.send("failed", id, error);
              }
            });
  }

  private void change(String id, CompletableFuture<Applied> change) {
    var unused =
        change.whenComplete(
            (applied, error) -> {
              if (error == null) {
                wire.send("done", id, String.join(",", applied.unreached()));
              } else {
                wire.send("failed", id, error);
              }
            });
  }
}
