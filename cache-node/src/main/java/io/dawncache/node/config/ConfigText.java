package io.dawncache.node.config;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Prints what is in force, as a configuration file in which a comment behind each value says where
 * it comes from. Never shows a secret.
 */
public final class ConfigText {
  private static final int COMMENT_COLUMN = 48;
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  /** What needs no quotes in YAML. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9/.](?:[A-Za-z0-9_./%+:@,=?&-]*[A-Za-z0-9_./%+-])?");

  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "(?i).*(?:passw|secret|token|credential|authorization|api-?_?key|private-?_?key).*");

  private static final Pattern USER_IN_URL = Pattern.compile("//[^/@\\s]*@");
  private static final Pattern SECRET_IN_URL =
      Pattern.compile("(?i)([?&;][^=&;]*(?:passw|secret|token|key)[^=&;]*=)[^&;\\s]*");

  private final List<String> lines = new ArrayList<>();

  /** The settings of origins that are never shown, each as {@code SCHEME.NAME}. */
  private final Set<String> secrets;

  private ConfigText(Set<String> secrets) {
    this.secrets = secrets;
  }

  /**
   * Returns the lines for {@code config}.
   *
   * @param origins know which of their settings are secrets
   */
  public static List<String> of(NodeConfig config, Origins origins) {
    ConfigText text = new ConfigText(secretsOf(origins));
    text.print(config.node(), "");
    text.lines.add("groups:");
    config
        .groups()
        .values()
        .forEach(
            group -> {
              text.lines.add("  " + scalar(group.name()) + ":");
              text.print(group.settings(), "    ");
            });
    return List.copyOf(text.lines);
  }

  private static Set<String> secretsOf(Origins origins) {
    return origins.all().stream()
        .flatMap(
            origin ->
                origin.settings().stream()
                    .filter(Setting::isSecret)
                    .map(setting -> origin.scheme() + "." + setting.name()))
        .collect(Collectors.toSet());
  }

  private <B> void print(Settings<B> settings, String indent) {
    String section = "";
    for (Key<B, ?> key : settings.table().keys()) {
      if (!key.section().equals(section) && !key.section().isEmpty()) {
        lines.add(indent + key.section().replace(".", ":"));
      }
      section = key.section();
      String inner = section.isEmpty() ? indent : indent + "  ";
      Yaml value = settings.value(key);
      if (value != null) {
        print(key.name(), "", value, false, inner);
      } else if (key.fallback() != null) {
        line(inner + key.name() + ": " + key.fallback(), "default");
      } else {
        line(inner + "# " + key.name() + ":", "not set");
      }
    }
  }

  /**
   * Prints one value.
   *
   * @param path the names of the maps around it within an origin, with dots
   * @param masked whether it is a part of a secret
   */
  private void print(String name, String path, Yaml value, boolean masked, String indent) {
    String head = indent + scalar(name) + ":";
    boolean hidden = masked || secrets.contains(path + name) || SECRET_NAME.matcher(name).matches();
    if (value instanceof Yaml.Fields fields) {
      line(fields.byName().isEmpty() ? head + " {}" : head, value.at().shortly());
      String inner = name.equals(GroupKeys.ORIGIN.name()) ? "" : path + name + ".";
      fields
          .byName()
          .forEach((key, field) -> print(key, inner, field.value(), hidden, indent + "  "));
    } else if (value instanceof Yaml.Items items) {
      line(items.items().isEmpty() ? head + " []" : head, value.at().shortly());
      items
          .items()
          .forEach(item -> line(indent + "  - " + flow(item, hidden), item.at().shortly()));
    } else {
      line(head + " " + flow(value, hidden), value.at().shortly());
    }
  }

  /** Returns a value on one line. */
  private static String flow(Yaml value, boolean hidden) {
    if (hidden || value.isSecret()) {
      return scalar(Yaml.MASK);
    }
    return scalar(value instanceof Yaml.Text text ? masked(text.text()) : value.shown());
  }

  /** Hides the users, passwords and tokens in a text, such as those in a URL. */
  private static String masked(String text) {
    String withoutUser = USER_IN_URL.matcher(text).replaceAll("//" + Yaml.MASK + "@");
    return SECRET_IN_URL.matcher(withoutUser).replaceAll("$1" + Yaml.MASK);
  }

  private static String scalar(@Nullable String text) {
    boolean plain =
        text != null && PLAIN.matcher(text).matches() && !YamlReader.NULLS.contains(text);
    return plain ? String.valueOf(text) : JSON.toJson(text);
  }

  private void line(String text, String comment) {
    int pad = Math.max(1, COMMENT_COLUMN - text.length());
    lines.add(text + " ".repeat(pad) + "# " + comment);
  }
}
