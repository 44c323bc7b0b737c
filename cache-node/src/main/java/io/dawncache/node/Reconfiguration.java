package io.dawncache.node;

import io.dawncache.core.GroupConfig;
import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.ConfigText;
import io.dawncache.node.config.ConfigWatch;
import io.dawncache.node.config.GroupKeys;
import io.dawncache.node.config.Key;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.config.NodeKeys;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.Origins;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.RemoteChanges;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts edits of the configuration file into force while the node serves: groups are added, changed
 * and removed, and log levels set. An edit with a mistake changes nothing.
 */
final class Reconfiguration implements AutoCloseable {
  /*
   * One thread does everything here. An edit is prepared first: it is read whole, and the origins
   * that it needs are opened. If that fails, what has been opened is closed, and nothing has
   * changed. What follows can hardly fail, since the reader has checked the same bounds; a group
   * for which it fails keeps what it had.
   *
   * Groups that get smaller go first, so that the heap has room for those that grow or join.
   */
  private static final System.Logger LOG = System.getLogger(Reconfiguration.class.getName());

  private static final long LOOK_MILLIS = 250;

  private final ConfigReader reader;
  private final Origins origins;
  private final StandaloneNode node;
  private final ScheduledThreadPoolExecutor thread;

  private final NodeConfig atStart;
  private volatile NodeConfig inForce; // written by the thread
  private volatile @Nullable AccessTokens tokens; // of `inForce`

  /**
   * Makes a reconfiguration that has not begun.
   *
   * @param config what is in force at {@code node}
   */
  Reconfiguration(ConfigReader reader, Origins origins, StandaloneNode node, NodeConfig config) {
    this.reader = reader;
    this.origins = origins;
    this.node = node;
    this.atStart = config;
    this.inForce = config;
    this.tokens = config.tokens();
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "dawncache-config");
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Begins to put changes into force that {@code watch} notices, and changes of the files of
   * secrets.
   *
   * @param watch watches the configuration file; null if there is none
   */
  void start(@Nullable ConfigWatch watch) {
    var unused =
        thread.scheduleWithFixedDelay(
            () -> {
              boolean changed = reader.haveSecretsChanged();
              changed |= watch != null && watch.hasChanged();
              if (changed) {
                readSafely();
              }
            },
            LOOK_MILLIS,
            LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** Reads everything again soon, with the files of secrets. */
  void readSoon() {
    thread.execute(this::readSafely);
  }

  /** Returns what is in force, and from where each value comes; without secrets. */
  String inForce() {
    return String.join("\n", ConfigText.of(inForce, origins)) + "\n";
  }

  /** Returns the tokens that the operations listener asks for, or null; safe from any thread. */
  @Nullable AccessTokens tokens() {
    return tokens;
  }

  /** Returns what requests to the operations listener may change; safe from any thread. */
  RemoteChanges remoteChanges(String group) {
    NodeConfig.Group present = inForce.groups().get(group);
    return present == null
        ? RemoteChanges.NONE
        : present.remoteChanges(); // none: it is being added or removed
  }

  /**
   * Changes a group's budget until an edit changes the group, or the process ends; safe from any
   * thread.
   *
   * @throws IllegalArgumentException if the heap has no room for it, or the group's copies no place
   *     in it
   */
  void resize(String group, long maxBytes) {
    NodeConfig.Group present = inForce.groups().get(group);
    if (present == null) {
      throw new IllegalArgumentException("group: " + group + " (expected: one in force)");
    }
    node.resize(present, maxBytes);
    LOG.log(
        Level.INFO,
        () -> "group %s: budget %d bytes, until it is edited".formatted(group, maxBytes));
  }

  /** Takes no more edits. */
  @Override
  public void close() {
    thread.shutdown();
  }

  /** Reads, whatever is thrown: the thread must go on. */
  private void readSafely() {
    try {
      read();
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "the edit of the configuration could not be put into force", t);
    }
  }

  private void read() {
    Mistakes mistakes = new Mistakes();
    NodeConfig next = reader.read(mistakes);
    OpenGroups opened = OpenGroups.open(next, origins, mistakes, this::needsOrigin);
    if (!mistakes.isEmpty()) {
      opened.close();
      List<String> lines = mistakes.lines();
      LOG.log(
          Level.WARNING,
          "the edit of the configuration changes nothing, it has {0}: {1}",
          lines.size() == 1 ? "a mistake" : lines.size() + " mistakes, the first",
          lines.get(0));
      return;
    }
    List<String> changes = new ArrayList<>();
    removeGroups(next, changes);
    Map<String, GuardedOrigin> openedBy = new LinkedHashMap<>();
    opened.groups().forEach(group -> openedBy.put(group.name(), group.origin()));
    next.groups().values().stream()
        .sorted(Comparator.comparingLong(this::growth))
        .forEach(group -> put(group, openedBy.get(group.name()), changes));
    JdkLogLevels.configure(next.logLevels());
    List<Key<?, ?>> later = new ArrayList<>(next.differences(inForce));
    if (later.removeIf(key -> key == NodeKeys.LOG)) {
      changes.add("log levels");
    }
    if (!atStart.secrets().isEmpty()
        && !next.secrets().isEmpty()
        && later.removeIf(key -> key == NodeKeys.SECRET)) {
      node.server().setSecrets(next.secrets());
      changes.add("secret");
    }
    if (tokens != null && later.removeIf(key -> key == NodeKeys.TOKENS)) {
      AccessTokens read = next.tokens();
      tokens = read == null ? AccessTokens.NONE : read;
      if (atStart.clientTokens() != null) {
        node.server().setClientTokens(tokens);
      }
      changes.add("tokens");
    }
    if (!later.isEmpty()) {
      changes.add(
          later.stream().map(Key::path).collect(Collectors.joining(", ")) + " after a restart");
    }
    inForce = next;
    LOG.log(
        Level.INFO,
        "configuration read again: {0}",
        changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
  }

  private boolean needsOrigin(NodeConfig.Group group) {
    NodeConfig.Group present = inForce.groups().get(group.name());
    return present == null || !node.groups().contains(group.name()) || !group.hasOriginOf(present);
  }

  private void removeGroups(NodeConfig next, List<String> changes) {
    for (String name : new TreeSet<>(node.groups())) {
      if (!next.groups().containsKey(name)) {
        node.removeGroup(name);
        changes.add(name + " removed");
      }
    }
  }

  /** Returns by how much the group's budget grows; what has none set counts as one without. */
  private long growth(NodeConfig.Group group) {
    NodeConfig.Group present = inForce.groups().get(group.name());
    return setBytes(group) - (present == null ? 0 : setBytes(present));
  }

  private static long setBytes(NodeConfig.Group group) {
    return group.settings().value(GroupKeys.BUDGET) == null ? 0 : group.config().maxBytes();
  }

  /** Adds a group, or changes it. */
  private void put(NodeConfig.Group group, @Nullable GuardedOrigin opened, List<String> changes) {
    String name = group.name();
    NodeConfig.Group present = node.groups().contains(name) ? inForce.groups().get(name) : null;
    try {
      if (present == null && opened != null) {
        node.addGroup(new GroupOrigin(name, group.config(), opened));
        changes.add(name + " added");
      } else if (present != null) {
        change(present, group, opened, changes);
      }
    } catch (IllegalArgumentException e) {
      changes.add(name + " not changed: " + Program.reason(e));
      if (opened != null) {
        opened.close();
      }
    }
  }

  private void change(
      NodeConfig.Group present,
      NodeConfig.Group group,
      @Nullable GuardedOrigin opened,
      List<String> changes) {
    String name = group.name();
    List<String> changed = new ArrayList<>();
    for (Key<GroupConfig.Builder, ?> key : GroupKeys.TABLE.keys()) {
      if (!group.settings().isSame(key, present.settings()) && key != GroupKeys.ORIGIN) {
        changed.add(key.path() + (key == GroupKeys.POLICY ? " after a restart" : ""));
      }
    }
    if (!changed.isEmpty()) {
      node.reconfigure(group);
      changes.add(name + ": " + String.join(", ", changed));
    }
    if (opened != null) {
      closeLater(node.changeOrigin(name, opened), present.config());
      changes.add(name + ": origin, so it is cleared at this node");
    }
  }

  /** Closes a former origin when no load asks it any more. */
  private void closeLater(GuardedOrigin former, GroupConfig config) {
    var unused =
        thread.schedule(former::close, config.loadTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }
}
