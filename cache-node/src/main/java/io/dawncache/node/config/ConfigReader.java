package io.dawncache.node.config;

import io.dawncache.core.GroupConfig;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Choice;
import io.dawncache.server.Dialect;
import io.dawncache.server.ServerConfig;
import io.dawncache.server.TlsConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node's configuration: a file, over it the environment, over that the flags. May read
 * again and again, since the file may change. For use by one thread at a time.
 */
public final class ConfigReader {
  private static final String PREFIX = "DAWNCACHE_";
  private static final String GROUPS = "groups";

  /** What else may begin like a key of ours: a misspelt one is a mistake and not passed over. */
  private static final Set<String> OWN_PREFIXES =
      Set.of(PREFIX + "GROUPS_", PREFIX + "LIMITS_", PREFIX + "TLS_");

  private final @Nullable Path file;
  private final Map<String, String> environment;
  private final Map<String, String> flags;
  private final Map<String, String> groupFlags;
  private final Map<Path, ConfigWatch> secretFiles = new LinkedHashMap<>();

  /**
   * Makes a reader.
   *
   * @param file in YAML; null for none
   * @param environment all variables, of which those named DAWNCACHE_... count
   * @param flags the texts of flags that were given, by {@link Key#flag}
   * @param groupFlags the origins of groups that were given as flags, by the groups' names
   */
  public ConfigReader(
      @Nullable Path file,
      Map<String, String> environment,
      Map<String, String> flags,
      Map<String, String> groupFlags) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.flags = Map.copyOf(flags);
    this.groupFlags = new LinkedHashMap<>(groupFlags);
  }

  /** Returns the file, or null if there is none. */
  public @Nullable Path file() {
    return file;
  }

  /** Returns whether a file of secrets has another content than when this last returned true. */
  public boolean haveSecretsChanged() {
    boolean changed = false;
    for (ConfigWatch watch : secretFiles.values()) {
      changed |= watch.hasChanged();
    }
    return changed;
  }

  /** Returns the variable of the environment that sets a key. */
  static String variable(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /**
   * Reads everything, and adds all mistakes.
   *
   * @return what is in force if there is no mistake; a part of it otherwise
   */
  public NodeConfig read(Mistakes mistakes) {
    Yaml.Fields root = Yaml.Fields.none(Source.named(file == null ? "flags" : file.toString()));
    if (file != null) {
      Yaml.Fields found = YamlReader.read(file, mistakes);
      if (found == null) {
        return new NodeConfig(new Settings<>(NodeKeys.TABLE, root.at(), "", Map.of()), Map.of());
      }
      root = new Secrets(environment, mistakes, secretFiles).resolveAll(found);
    }
    Set<String> variables = new HashSet<>();
    Settings<ServerConfig.Builder> node = node(root, variables, mistakes);
    Map<String, NodeConfig.Group> groups = groups(root, node, variables, mistakes);
    refuseUnknownVariables(variables, mistakes);
    return new NodeConfig(node, groups);
  }

  private Settings<ServerConfig.Builder> node(
      Yaml.Fields root, Set<String> variables, Mistakes mistakes) {
    Map<Key<ServerConfig.Builder, ?>, Yaml> values =
        NodeKeys.TABLE.collect(root, "", Set.of(GROUPS), mistakes);
    overlayMembers(values, fromEnvironment(NodeKeys.TABLE, "", variables));
    overlayMembers(values, fromFlags(NodeKeys.TABLE, mistakes));
    values.replaceAll((key, value) -> key.hasFileFlag() ? hidden(value) : value);
    Source at = file == null ? Source.named("flags") : Source.inFile(file.toString(), 1, 1);
    Settings<ServerConfig.Builder> node = new Settings<>(NodeKeys.TABLE, at, "", values);
    if (node.value(NodeKeys.LISTEN) == null) {
      mistakes.add(
          Source.named(file == null ? "--listen" : file + ": listen"),
          "",
          "missing (expected: " + (file == null ? "--listen" : "listen:") + " HOST:PORT)");
    }
    boolean fits = refuseContradictions(node, mistakes);
    if (TlsKeys.check(node, mistakes) && fits) {
      TlsConfig tls = TlsKeys.config(node);
      ServerConfig.Builder builder = ServerConfig.builder();
      var unused =
          node.build(
              tls == null ? builder : builder.tls(tls), ServerConfig.Builder::build, mistakes);
    }
    return node;
  }

  /** Adds a layer; who says by one key where the members are takes back the other key below. */
  private static void overlayMembers(
      Map<Key<ServerConfig.Builder, ?>, Yaml> values,
      Map<Key<ServerConfig.Builder, ?>, Yaml> over) {
    if (over.keySet().stream().anyMatch(ConfigReader::namesMembers)) {
      values.keySet().removeIf(ConfigReader::namesMembers);
    }
    values.putAll(over);
  }

  private static boolean namesMembers(Key<?, ?> key) {
    return key == NodeKeys.PEERS || key == NodeKeys.DISCOVERY;
  }

  /** Adds mistakes that lie in two keys; returns whether there is none. */
  private static boolean refuseContradictions(
      Settings<ServerConfig.Builder> node, Mistakes mistakes) {
    boolean fine = true;
    Yaml ring = node.value(NodeKeys.RING);
    Dialect dialect = node.read(NodeKeys.DIALECT);
    if (ring != null && dialect != null && !dialect.isOurs()) {
      mistakes.add(
          ring.at(),
          "ring",
          ring.shown()
              + " in dialect "
              + Choice.label(dialect)
              + " (expected: none, Go nodes have one)");
      fine = false;
    }
    Yaml discovery = node.value(NodeKeys.DISCOVERY);
    if (discovery != null && node.value(NodeKeys.PEERS) != null) {
      mistakes.add(
          discovery.at(), "discovery", discovery.shown() + " beside peers (expected: one of them)");
      fine = false;
    }
    Yaml clients = node.value(NodeKeys.CLIENTS);
    if (clients != null
        && node.read(NodeKeys.CLIENTS) == Clients.TOKEN
        && (node.value(NodeKeys.SECRET) == null || node.value(NodeKeys.TOKENS) == null)) {
      mistakes.add(clients.at(), "clients", "token (expected: with a secret and tokens, else any)");
      fine = false;
    }
    return fine && (node.value(NodeKeys.SECRET) == null || refuseWithSecret(node, mistakes));
  }

  /** Adds mistakes for peers that could not prove the secret; returns whether there is none. */
  private static boolean refuseWithSecret(Settings<ServerConfig.Builder> node, Mistakes mistakes) {
    boolean fine = true;
    Dialect dialect = node.read(NodeKeys.DIALECT);
    if (dialect != null && !dialect.isOurs()) {
      fine = refuseWithSecret(node, NodeKeys.DIALECT, "dawncache, Go nodes know none", mistakes);
    }
    if (Boolean.TRUE.equals(node.read(NodeKeys.GO_PEERS))) {
      fine = refuseWithSecret(node, NodeKeys.GO_PEERS, "off, Go nodes know none", mistakes);
    }
    if (Boolean.FALSE.equals(node.read(NodeKeys.PEER_FRAMES))) {
      fine =
          refuseWithSecret(
              node, NodeKeys.PEER_FRAMES, "on, peers prove it in frames alone", mistakes);
    }
    return fine;
  }

  private static boolean refuseWithSecret(
      Settings<ServerConfig.Builder> node,
      Key<ServerConfig.Builder, ?> key,
      String expected,
      Mistakes mistakes) {
    Yaml value = Objects.requireNonNull(node.value(key));
    mistakes.add(
        value.at(), key.path(), value.shown() + " beside a secret (expected: " + expected + ")");
    return false;
  }

  private Map<String, NodeConfig.Group> groups(
      Yaml.Fields root,
      Settings<ServerConfig.Builder> node,
      Set<String> variables,
      Mistakes mistakes) {
    Map<String, Yaml.Field> written = writtenGroups(root, mistakes);
    Map<String, NodeConfig.Group> groups = new LinkedHashMap<>();
    written.forEach(
        (name, field) -> {
          String path = GROUPS + "." + name + ".";
          if (field.value() instanceof Yaml.Fields fields) {
            Map<Key<GroupConfig.Builder, ?>, Yaml> values =
                GroupKeys.TABLE.collect(fields, path, Set.of(), mistakes);
            values.putAll(fromEnvironment(GroupKeys.TABLE, path, variables));
            values.putAll(fromFlags(GroupKeys.TABLE, mistakes));
            if (groupFlags.containsKey(name)) {
              values.put(GroupKeys.ORIGIN, originByFlag(name));
            }
            addGroup(
                name,
                new Settings<>(GroupKeys.TABLE, field.nameAt(), path, values),
                groups,
                mistakes);
          } else {
            mistakes.addUnexpected(field.value(), GROUPS + "." + name, "a map with an origin");
          }
        });
    new Budgets(Runtime.getRuntime().maxMemory()).check(groups.values(), mistakes);
    refuseTooLongValues(node, groups, mistakes);
    return groups;
  }

  /** Returns the maps of all groups, by name; empty ones for groups that only a flag names. */
  private Map<String, Yaml.Field> writtenGroups(Yaml.Fields root, Mistakes mistakes) {
    Map<String, Yaml.Field> written = new LinkedHashMap<>();
    Yaml.Field field = root.byName().get(GROUPS);
    if (field != null && field.value() instanceof Yaml.Fields fields) {
      written.putAll(fields.byName());
    } else if (field != null) {
      mistakes.addUnexpected(field.value(), GROUPS, "a map of names and groups");
    } else if (groupFlags.isEmpty()) {
      mistakes.add(
          Source.named(file == null ? "--group" : file + ": groups"),
          "",
          "missing (expected: "
              + (file == null ? "--group NAME=ORIGIN)" : "a map of names and groups)"));
    }
    Source flag = Source.named("--group");
    groupFlags.forEach(
        (name, origin) -> written.putIfAbsent(name, new Yaml.Field(flag, Yaml.Fields.none(flag))));
    return written;
  }

  private Yaml originByFlag(String name) {
    return Yaml.Text.of(groupFlags.getOrDefault(name, ""), Source.named("--group"));
  }

  private static void addGroup(
      String name,
      Settings<GroupConfig.Builder> settings,
      Map<String, NodeConfig.Group> groups,
      Mistakes mistakes) {
    if (name.isEmpty()) {
      mistakes.add(settings.at(), GROUPS, "no name (expected: a name)");
      return;
    }
    boolean hasOrigin = settings.value(GroupKeys.ORIGIN) != null;
    if (!hasOrigin) {
      mistakes.add(
          settings.at(),
          settings.pathOf(GroupKeys.ORIGIN),
          "missing (expected: origin: SCHEME:LOCATION, such as files:/srv/scores)");
    }
    GroupConfig config =
        settings.build(GroupConfig.builder(), GroupConfig.Builder::build, mistakes);
    if (hasOrigin) { // with another mistake, too, so that the origin's are found
      GroupConfig valid = config == null ? GroupConfig.builder().build() : config;
      groups.put(name, new NodeConfig.Group(name, settings, valid));
    }
  }

  private static void refuseTooLongValues(
      Settings<ServerConfig.Builder> node,
      Map<String, NodeConfig.Group> groups,
      Mistakes mistakes) {
    ByteSize longest = node.read(NodeKeys.MAX_VALUE_BYTES);
    long most = longest == null ? ByteSize.parse("16m").bytes() : longest.bytes();
    for (NodeConfig.Group group : groups.values()) {
      Yaml value = group.settings().value(GroupKeys.MAX_VALUE_BYTES);
      ByteSize size = group.settings().read(GroupKeys.MAX_VALUE_BYTES);
      if (value != null && size != null && size.bytes() > most) {
        mistakes.add(
            value.at(),
            group.settings().pathOf(GroupKeys.MAX_VALUE_BYTES),
            value.shown() + " (expected: <= " + most + ", limits.max-value-bytes)");
      }
    }
  }

  /**
   * Returns the values that the environment gives.
   *
   * @param variables receives the names of all variables that can set a key of the table
   */
  private <B> Map<Key<B, ?>, Yaml> fromEnvironment(
      KeyTable<B> table, String path, Set<String> variables) {
    Map<Key<B, ?>, Yaml> values = new LinkedHashMap<>();
    for (Key<B, ?> key : table.keys()) {
      String name = variable(path + key.path());
      variables.add(name);
      String text = environment.get(name);
      if (text != null) {
        values.put(key, Yaml.Text.of(text, Source.named(name)));
      }
    }
    return values;
  }

  private <B> Map<Key<B, ?>, Yaml> fromFlags(KeyTable<B> table, Mistakes mistakes) {
    Map<Key<B, ?>, Yaml> values = new LinkedHashMap<>();
    for (Key<B, ?> key : table.keys()) {
      String flag = key.flag();
      String text = flag == null ? null : flags.get(flag);
      if (flag != null && text != null) {
        Source at = Source.named(flag);
        Yaml value =
            key.hasFileFlag()
                ? new Secrets(environment, mistakes, secretFiles).ofFile(text, at)
                : Yaml.Text.of(text, at);
        if (value != null) {
          values.put(key, value);
        }
      }
    }
    return values;
  }

  /** A secret is never shown, wherever it is written. */
  private static Yaml hidden(Yaml value) {
    return value instanceof Yaml.Text text && !text.isNull()
        ? Yaml.Text.secret(text.text(), text.at())
        : value;
  }

  private void refuseUnknownVariables(Set<String> known, Mistakes mistakes) {
    for (String name : new TreeSet<>(environment.keySet())) {
      if (!known.contains(name)) {
        OWN_PREFIXES.stream()
            .filter(name::startsWith)
            .forEach(prefix -> refuseVariable(name, prefix, known, mistakes));
      }
    }
  }

  private static void refuseVariable(
      String name, String prefix, Set<String> known, Mistakes mistakes) {
    Set<String> ends = new TreeSet<>();
    known.stream()
        .filter(other -> other.startsWith(prefix))
        .forEach(other -> ends.add(other.substring(prefix.length())));
    String nearest = KeyTable.nearest(name.substring(prefix.length()), ends);
    mistakes.add(
        Source.named(Yaml.shown(name)),
        "",
        "sets no key (expected: "
            + (nearest == null ? "the name of a key" : prefix + nearest + "?")
            + ")");
  }
}
