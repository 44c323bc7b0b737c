package io.dawncache.operations;

import io.dawncache.core.Applied;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Group;
import io.dawncache.core.WarmProgress;
import io.dawncache.operations.page.Labels;
import io.dawncache.server.CacheServer;
import io.dawncache.server.RemoteChanges;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What POST does. */
final class Actions {
  private static final double KEYS_PER_SECOND = 1000;

  private final CacheNode node;
  private final CacheServer server;
  private final OperationsConfig config;

  Actions(CacheServer server, OperationsConfig config) {
    this.node = server.node();
    this.server = server;
    this.config = config;
  }

  /** Returns the endpoints by path. */
  Map<String, Endpoint> endpoints() {
    Map<String, Endpoint> endpoints = new LinkedHashMap<>();
    endpoints.put("/remove", this::remove);
    endpoints.put("/clear", this::clear);
    endpoints.put("/put", this::put);
    endpoints.put("/warm", this::warm);
    endpoints.put("/refresh", this::refresh);
    endpoints.put("/drain", this::drain);
    GroupResize resize = config.resize();
    if (resize != null) {
      endpoints.put("/resize", request -> resize(resize, request));
    }
    LogLevels levels = config.logLevels();
    if (levels != null) {
      endpoints.put("/log", request -> log(levels, request));
    }
    return endpoints;
  }

  private CompletionStage<Answer> remove(Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "group", "key");
    return changeable(request, arguments.text("group"), RemoteChanges.REMOVE)
        .removeAsync(arguments.text("key"))
        .thenApply(Actions::applied);
  }

  private CompletionStage<Answer> clear(Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "group");
    return changeable(request, arguments.text("group"), RemoteChanges.REMOVE)
        .clearAsync()
        .thenApply(Actions::applied);
  }

  private CompletionStage<Answer> put(Request request) throws Problem {
    Arguments arguments =
        Arguments.of(request.body(), "group", "key", "value", "base64", "ttlSeconds");
    Group group = changeable(request, arguments.text("group"), RemoteChanges.ALL);
    String key = arguments.text("key");
    ByteView value = arguments.bytes("value", "base64");
    Duration ttl = arguments.seconds("ttlSeconds");
    return (ttl == null ? group.putAsync(key, value) : group.putAsync(key, value, ttl))
        .thenApply(Actions::applied);
  }

  /**
   * Returns the group.
   *
   * @throws Problem if the request may not change it, if there is none, or if it does not allow the
   *     change
   */
  private Group changeable(Request request, String name, RemoteChanges needed) throws Problem {
    Permissions.checkChange(request.access(), name);
    Group group = Groups.of(node, name);
    RemoteChanges allowed = config.remoteChanges(name);
    if (!allowed.allows(needed)) {
      throw new Problem(
          403,
          "Change not allowed",
          "remote-changes of group "
              + name
              + ": "
              + Labels.of(allowed)
              + " (expected: "
              + (needed == RemoteChanges.REMOVE ? "remove or all" : Labels.of(needed))
              + ")");
    }
    return group;
  }

  private static Answer applied(Applied applied) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("unreached", applied.unreached());
    page.put("otherLists", applied.otherLists());
    return Answer.json(200, page);
  }

  private CompletionStage<Answer> warm(Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "group", "keys", "keysPerSecond");
    List<String> keys = arguments.texts("keys");
    return Groups.of(node, arguments.text("group"))
        .warm(keys, arguments.number("keysPerSecond", KEYS_PER_SECOND), progress -> {})
        .thenApply(Actions::warmed);
  }

  private static Answer warmed(WarmProgress progress) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("keys", progress.keys());
    page.put("found", progress.found());
    page.put("notFound", progress.notFound());
    page.put("failed", progress.failed());
    return Answer.json(200, page);
  }

  private CompletionStage<Answer> refresh(Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "group", "key");
    String key = arguments.text("key");
    Group group = Groups.of(node, arguments.text("group"));
    List<String> owners = group.explain(key).owners();
    if (!owners.isEmpty() && !owners.get(0).equals(server.self())) {
      throw new Problem(
          409,
          "Not the owner",
          "key: " + key + " (expected: asked of its owner, " + owners.get(0) + ")");
    }
    return group.refreshAsync(key).thenApply(Actions::refreshed);
  }

  private static Answer refreshed(ByteView value) {
    return Answer.json(200, Map.of("bytes", value.length()));
  }

  /** Blocks for some seconds, so it has a thread of its own. */
  private CompletionStage<Answer> drain(Request request) throws Problem {
    Arguments.of(request.body());
    return CompletableFuture.runAsync(
            server::drain,
            task -> {
              Thread thread = new Thread(task, "dawncache-drain");
              thread.setDaemon(true);
              thread.start();
            })
        .thenApply(drained -> Answer.json(200, Map.of("draining", true)));
  }

  private CompletionStage<Answer> resize(GroupResize resize, Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "group", "maxBytes");
    String group = Groups.of(node, arguments.text("group")).name();
    resize.resize(group, (long) arguments.number("maxBytes"));
    long inForce = Groups.of(node, group).config().maxBytes();
    return CompletableFuture.completedFuture(Answer.json(200, Map.of("maxBytes", inForce)));
  }

  private static CompletionStage<Answer> log(LogLevels levels, Request request) throws Problem {
    Arguments arguments = Arguments.of(request.body(), "logger", "level");
    levels.set(arguments.text("logger"), arguments.text("level"));
    return CompletableFuture.completedFuture(Answer.json(200, Map.of("levels", levels.levels())));
  }
}
