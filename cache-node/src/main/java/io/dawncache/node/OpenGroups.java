package io.dawncache.node;

import io.dawncache.node.config.GroupKeys;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.config.Source;
import io.dawncache.node.config.Yaml;
import io.dawncache.node.origin.GuardedOrigin;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.WrongSettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a configuration, their origins open.
 *
 * @param groups in the order of the configuration
 */
record OpenGroups(List<GroupOrigin> groups) implements AutoCloseable {
  OpenGroups {
    groups = List.copyOf(groups);
  }

  /** Opens the origins of all groups; adds a mistake for each that cannot be opened. */
  static OpenGroups open(NodeConfig config, Origins origins, Mistakes mistakes) {
    return open(config, origins, mistakes, group -> true);
  }

  /** As {@link #open(NodeConfig, Origins, Mistakes)}, for the groups that are {@code wanted}. */
  static OpenGroups open(
      NodeConfig config,
      Origins origins,
      Mistakes mistakes,
      Predicate<? super NodeConfig.Group> wanted) {
    List<GroupOrigin> opened = new ArrayList<>();
    for (NodeConfig.Group group : config.groups().values()) {
      GuardedOrigin origin = wanted.test(group) ? open(group, origins, mistakes) : null;
      if (origin != null) {
        opened.add(new GroupOrigin(group.name(), group.config(), origin));
      }
    }
    return new OpenGroups(opened);
  }

  /** Opens the origin of one group, or adds mistakes and returns null. */
  private static @Nullable GuardedOrigin open(
      NodeConfig.Group group, Origins origins, Mistakes mistakes) {
    String path = group.settings().pathOf(GroupKeys.ORIGIN);
    Yaml origin = group.origin();
    return origin instanceof Yaml.Fields fields
        ? openWithSettings(group.name(), fields, path, origins, mistakes)
        : openAtLocation(group.name(), "", origin, path, origins, mistakes);
  }

  /** Opens {@code SCHEME: {NAME: VALUE, ...}}, or {@code SCHEME: LOCATION}. */
  private static @Nullable GuardedOrigin openWithSettings(
      String group, Yaml.Fields fields, String path, Origins origins, Mistakes mistakes) {
    Map.Entry<String, Yaml.Field> only = fields.byName().entrySet().iterator().next();
    String scheme = only.getKey();
    Yaml value = only.getValue().value();
    String inner = path + "." + scheme;
    if (!(value instanceof Yaml.Fields settings)) {
      return openAtLocation(group, scheme + ":", value, inner, origins, mistakes);
    }
    try {
      return origins.open(group, scheme, settings.plain());
    } catch (WrongSettingsException e) {
      for (WrongSettingsException.Mistake mistake : e.mistakes()) {
        Yaml.Field wrong = find(settings, mistake.setting());
        boolean isSecret = wrong != null && wrong.value().isSecret();
        Source at =
            wrong == null
                ? only.getValue().nameAt()
                : mistake.found().equals("unknown") ? wrong.nameAt() : wrong.value().at();
        mistakes.add(
            at,
            inner + "." + mistake.setting(),
            (isSecret ? Yaml.MASK : Yaml.shown(mistake.found()))
                + " (expected: "
                + mistake.expected()
                + ")");
      }
    } catch (IllegalArgumentException e) { // there is no such scheme
      mistakes.add(Yaml.Text.of(scheme, only.getValue().nameAt()), path, e);
    }
    return null;
  }

  private static @Nullable GuardedOrigin openAtLocation(
      String group, String scheme, Yaml value, String path, Origins origins, Mistakes mistakes) {
    if (!(value instanceof Yaml.Text location) || location.isNull()) {
      mistakes.add(
          value, path, new IllegalArgumentException("(expected: a location, or settings)"));
      return null;
    }
    try {
      return origins.open(group, scheme + location.text());
    } catch (IllegalArgumentException e) {
      mistakes.add(value, path, e);
      return null;
    }
  }

  /** Returns the field with a dotted name, or null. */
  private static Yaml.@Nullable Field find(Yaml.Fields fields, String name) {
    Yaml.Field whole = fields.byName().get(name);
    int dot = name.indexOf('.');
    if (whole != null || dot < 0) {
      return whole;
    }
    Yaml.Field outer = fields.byName().get(name.substring(0, dot));
    return outer != null && outer.value() instanceof Yaml.Fields inner
        ? find(inner, name.substring(dot + 1))
        : null;
  }

  /** Closes the origins. */
  @Override
  public void close() {
    groups.forEach(group -> group.origin().close());
  }
}
