package io.dawncache.node;

import io.dawncache.node.config.GroupKeys;
import io.dawncache.node.config.Key;
import io.dawncache.node.config.NodeKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a command line that set keys of the configuration. They are taken as texts, and
 * read together with the file and the environment.
 */
final class KeyOptions {
  private static final String ON = "on";

  private KeyOptions() {}

  private static List<Key<?, ?>> keys() {
    return Stream.<Key<?, ?>>concat(NodeKeys.TABLE.keys().stream(), GroupKeys.TABLE.keys().stream())
        .filter(key -> key.flag() != null)
        .toList();
  }

  /** Adds an option for each key that has a flag. */
  static void addTo(CommandSpec command) {
    for (Key<?, ?> key : keys()) {
      OptionSpec.Builder option =
          OptionSpec.builder(String.valueOf(key.flag())).description(key.flagDescription());
      boolean isSwitch = key == NodeKeys.GO_PEERS; // its flag has no value
      command.addOption(
          isSwitch
              ? option.type(boolean.class).arity("0").build()
              : option.type(String.class).arity("1").paramLabel(key.flagWord()).build());
    }
  }

  /** Returns the texts of the options that were given, by flag. */
  static Map<String, String> given(CommandSpec command) {
    Map<String, String> given = new LinkedHashMap<>();
    for (Key<?, ?> key : keys()) {
      String flag = String.valueOf(key.flag());
      Object value = command.findOption(flag).getValue();
      if (value instanceof String text) {
        given.put(flag, text);
      } else if (Boolean.TRUE.equals(value)) {
        given.put(flag, ON);
      }
    }
    return given;
  }
}
