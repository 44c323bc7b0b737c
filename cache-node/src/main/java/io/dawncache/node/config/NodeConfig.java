package io.dawncache.node.config;

import io.dawncache.core.GroupConfig;
import io.dawncache.node.origin.NoneOrigin;
import io.dawncache.node.text.HostPort;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.Dialect;
import io.dawncache.server.RemoteChanges;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is in force for a node: what the file, the environment and the flags give together.
 *
 * @param node how the node serves
 * @param groups the groups by name, in the order in which they were given
 */
public record NodeConfig(Settings<ServerConfig.Builder> node, Map<String, Group> groups) {
  /**
   * One group.
   *
   * @param config made of the settings
   */
  public record Group(String name, Settings<GroupConfig.Builder> settings, GroupConfig config) {
    /** Returns where the group's values come from, as it was written. */
    public Yaml origin() {
      return Objects.requireNonNull(settings.value(GroupKeys.ORIGIN), "origin");
    }

    /** Returns what requests to the operations listener may change. */
    public RemoteChanges remoteChanges() {
      RemoteChanges given = settings.read(GroupKeys.REMOTE_CHANGES);
      if (given != null) {
        return given;
      }
      return hasNoOrigin() ? RemoteChanges.ALL : RemoteChanges.REMOVE;
    }

    private boolean hasNoOrigin() {
      return origin() instanceof Yaml.Fields fields
          ? fields.byName().containsKey(NoneOrigin.SCHEME)
          : origin() instanceof Yaml.Text text && text.text().equals(NoneOrigin.SCHEME);
    }

    /** Returns a builder that has all that the configuration says of the group. */
    public GroupConfig.Builder builder() {
      GroupConfig.Builder builder = GroupConfig.builder();
      settings.apply(builder, new Mistakes());
      return builder;
    }

    /** Returns whether another one has the same origin, wherever it was written. */
    public boolean hasOriginOf(Group other) {
      return settings.isSame(GroupKeys.ORIGIN, other.settings);
    }

    /** Returns whether another one has the same settings, wherever they were written. */
    public boolean isSame(Group other) {
      return settings.areSame(other.settings);
    }
  }

  public NodeConfig {
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
  }

  /** Returns a builder that has all that the configuration says of the server. */
  public ServerConfig.Builder server() {
    ServerConfig.Builder server = ServerConfig.builder();
    node.apply(server, new Mistakes());
    AccessTokens tokens = clientTokens();
    if (tokens != null) {
      server.clientTokens(tokens);
    }
    TlsConfig tls = TlsKeys.config(node);
    if (tls != null) {
      server.tls(tls);
    }
    return server;
  }

  /** Returns the tokens that clients need for a get; null if they need none. */
  public @Nullable AccessTokens clientTokens() {
    return node.read(NodeKeys.CLIENTS) == Clients.TOKEN ? tokens() : null;
  }

  /** Returns the secrets of the cluster, the preferred one first; empty if there are none. */
  public List<byte[]> secrets() {
    List<byte[]> secrets = node.read(NodeKeys.SECRET);
    return secrets == null ? List.of() : secrets;
  }

  /**
   * Returns the tokens that the operations listener asks for; null if it asks for none: without a
   * secret and without tokens.
   */
  public @Nullable AccessTokens tokens() {
    AccessTokens tokens = node.read(NodeKeys.TOKENS);
    return tokens == null && !secrets().isEmpty() ? AccessTokens.NONE : tokens;
  }

  /** Returns the levels of loggers, by their names. */
  public Map<String, LogLevel> logLevels() {
    Map<String, LogLevel> levels = node.read(NodeKeys.LOG);
    return levels == null ? Map.of() : levels;
  }

  /** Returns how the log is written. */
  public LogFormat logFormat() {
    LogFormat format = node.read(NodeKeys.LOG_FORMAT);
    return format == null ? LogFormat.TEXT : format;
  }

  /** Returns the protocol of the fleet. */
  public Dialect dialect() {
    Dialect dialect = node.read(NodeKeys.DIALECT);
    return dialect == null ? Dialect.DAWNCACHE : dialect;
  }

  /** Returns where to write a line for each request: a file or stderr; null for nowhere. */
  public @Nullable String accessLog() {
    String target = node.read(NodeKeys.ACCESS_LOG);
    return target == null || target.equals("off") ? null : target;
  }

  /** Returns where to listen for operators, or null for nowhere. */
  public @Nullable HostPort operations() {
    return node.read(NodeKeys.OPERATIONS);
  }

  /** Returns whether the listener for operators accepts TLS alone. */
  public boolean operationsTls() {
    Boolean given = node.read(NodeKeys.OPERATIONS_TLS);
    HostPort address = operations();
    return given != null
        ? given
        : address != null && !address.isLoopback() && TlsKeys.config(node) != null;
  }

  /** Returns the keys of the node, not of its groups, that differ. */
  public List<Key<ServerConfig.Builder, ?>> differences(NodeConfig other) {
    return node.table().keys().stream().filter(key -> !node.isSame(key, other.node)).toList();
  }
}
