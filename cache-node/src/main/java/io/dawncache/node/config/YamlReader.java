package io.dawncache.node.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML as far as a configuration needs it: one document of maps, lists and scalars. It has no
 * anchors, aliases and tags, so that a small file cannot become a large tree, and no key occurs
 * twice in a map.
 */
final class YamlReader {
  static final int MOST_BYTES = 1 << 20;

  /** What stands for nothing without quotes. */
  static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

  private static final int MOST_NESTED = 32;

  private final String file;
  private final Mistakes mistakes;
  private final Iterator<Event> events;

  private YamlReader(String file, String text, Mistakes mistakes) {
    this.file = file;
    this.mistakes = mistakes;
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(MOST_BYTES).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** Returns the map that the file holds, or null after adding a mistake. */
  static Yaml.@Nullable Fields read(Path path, Mistakes mistakes) {
    String file = path.toString();
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        mistakes.add(
            Source.named(file), "", "longer than expected (expected: <= " + MOST_BYTES + " bytes)");
        return null;
      }
      return read(file, UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString(), mistakes);
    } catch (CharacterCodingException e) {
      mistakes.add(Source.named(file), "", "not UTF-8 (expected: a text in UTF-8)");
    } catch (NoSuchFileException e) {
      mistakes.add(Source.named(file), "", "no such file (expected: a file in YAML)");
    } catch (IOException e) {
      mistakes.add(
          Source.named(file),
          "",
          "cannot be read, " + Yaml.shown(e.toString()) + " (expected: a file in YAML)");
    }
    return null;
  }

  /** As {@link #read(Path, Mistakes)}, of a text that was read from {@code file}. */
  static Yaml.@Nullable Fields read(String file, String text, Mistakes mistakes) {
    try {
      return new YamlReader(file, text, mistakes).document();
    } catch (MarkedYamlEngineException e) {
      Source at = e.getProblemMark().map(mark -> at(file, mark)).orElse(Source.named(file));
      mistakes.add(at, "", Yaml.shown(e.getProblem()) + " (expected: YAML)");
    } catch (YamlEngineException e) {
      mistakes.add(
          Source.named(file), "", Yaml.shown(String.valueOf(e.getMessage())) + " (expected: YAML)");
    }
    return null;
  }

  private Yaml.@Nullable Fields document() {
    events.next(); // the stream starts
    if (events.next().getEventId() == Event.ID.StreamEnd) {
      return Yaml.Fields.none(Source.inFile(file, 1, 1));
    }
    Yaml root = value(events.next(), "", 0);
    events.next(); // the document ends
    Event next = events.next();
    if (next.getEventId() != Event.ID.StreamEnd) {
      mistakes.add(at(next), "", "a second document (expected: one)");
    }
    if (root instanceof Yaml.Fields fields) {
      return fields;
    } else if (root instanceof Yaml.Text text && text.isNull()) {
      return Yaml.Fields.none(text.at());
    }
    mistakes.addUnexpected(root, "", "a map of keys such as listen and groups");
    return null;
  }

  private Yaml value(Event event, String path, int depth) {
    Source at = at(event);
    if (event instanceof AliasEvent alias) {
      mistakes.add(at, path, "*" + alias.getAlias() + " (expected: no alias, but the value)");
      return Yaml.Text.of("", at);
    }
    refuseAnchorAndTag((NodeEvent) event, at, path);
    if (event instanceof ScalarEvent scalar) {
      String text = scalar.getValue();
      return new Yaml.Text(text, scalar.isPlain() && NULLS.contains(text), false, at);
    }
    if (depth == MOST_NESTED) {
      mistakes.add(at, path, "nested too deeply (expected: at most " + MOST_NESTED + " levels)");
      skip();
      return Yaml.Text.of("", at);
    }
    return event instanceof MappingStartEvent
        ? fields(at, path, depth + 1)
        : items(at, path, depth + 1);
  }

  private Yaml.Fields fields(Source at, String path, int depth) {
    Map<String, Yaml.Field> fields = new LinkedHashMap<>();
    for (Event event = events.next(); !isEnd(event); event = events.next()) {
      Source nameAt = at(event);
      Yaml key = value(event, path, depth);
      String name = key instanceof Yaml.Text text ? text.text() : "";
      String inner = path.isEmpty() ? name : path + "." + name;
      Yaml.Field field = new Yaml.Field(nameAt, value(events.next(), inner, depth));
      if (!(key instanceof Yaml.Text)) {
        mistakes.addUnexpected(key, path, "a text as a key");
        continue;
      }
      Yaml.Field earlier = fields.putIfAbsent(name, field);
      if (earlier != null) {
        mistakes.add(
            nameAt,
            inner,
            "twice (expected: once; the first is in line " + earlier.nameAt().line() + ")");
      }
    }
    return new Yaml.Fields(fields, at);
  }

  private Yaml.Items items(Source at, String path, int depth) {
    List<Yaml> items = new ArrayList<>();
    for (Event event = events.next(); !isEnd(event); event = events.next()) {
      items.add(value(event, path + "[" + items.size() + "]", depth));
    }
    return new Yaml.Items(items, at);
  }

  private void refuseAnchorAndTag(NodeEvent event, Source at, String path) {
    event
        .getAnchor()
        .ifPresent(
            anchor -> mistakes.add(at, path, "&" + anchor + " (expected: no anchor; write out)"));
    Optional<String> tag =
        event instanceof ScalarEvent scalar
            ? scalar.getTag()
            : event instanceof CollectionStartEvent collection
                ? collection.getTag()
                : Optional.empty();
    tag.ifPresent(name -> mistakes.add(at, path, Yaml.shown(name) + " (expected: no tag)"));
  }

  /** Passes over the collection that has just started. */
  private void skip() {
    for (int open = 1; open > 0; ) {
      Event event = events.next();
      open += event instanceof CollectionStartEvent ? 1 : isEnd(event) ? -1 : 0;
    }
  }

  private static boolean isEnd(Event event) {
    return event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd;
  }

  private Source at(Event event) {
    return event.getStartMark().map(mark -> at(file, mark)).orElse(Source.named(file));
  }

  private static Source at(String file, Mark mark) {
    return Source.inFile(file, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
