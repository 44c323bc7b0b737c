package io.dawncache.example;

import io.dawncache.core.Applied;
import io.dawncache.core.BulkGetter;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.GetResult;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.KeyCodec;
import io.dawncache.core.LoadTrace;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.core.TraceContext;
import io.dawncache.core.TypedGetter;
import io.dawncache.core.TypedGroup;
import io.dawncache.core.TypedResult;
import io.dawncache.core.ValueCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The examples of docs/semantics.md. */
@SuppressWarnings("unused")
final class SemanticsExample {
  private SemanticsExample() {}

  /** The origin. */
  interface Database {
    Loaded find(String key);

    Map<String, Loaded> findAll(Set<String> keys);

    boolean hasChanged(String key, @Nullable Metadata held);

    void write(String key, int score);
  }

  /** A message, as protobuf makes its class. */
  interface Score {
    byte[] toByteArray();

    static Score parseFrom(byte[] bytes) {
      return () -> bytes;
    }
  }

  /** Something that is kept as JSON. */
  record Team(String name) {}

  /** A mapper of JSON, as Jackson's is. */
  interface Mapper {
    byte[] writeValueAsBytes(Object value);

    <T> T readValue(byte[] bytes, Class<T> type);
  }

  static void log(Object... what) {}

  static Group group(CacheNode node, Database database) {
    GroupConfig config =
        GroupConfig.builder()
            .ttl(Duration.ofMinutes(10))
            .ttlJitter(0.1)
            .refreshAfterWrite(Duration.ofMinutes(8))
            .staleIfError(Duration.ofHours(1))
            .negativeTtl(Duration.ofSeconds(30))
            .build();
    Group scores = node.addGroup("scores", config, key -> database.find(key));
    return scores;
  }

  static void changeInATransaction(DataSource dataSource, Group scores) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      update(connection, "Tom", 631);
      connection.commit();
    }
    scores.remove("Tom");
  }

  private static void update(Connection connection, String player, int points) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE scores SET points = ? WHERE player = ?")) {
      update.setInt(1, points);
      update.setString(2, player);
      update.executeUpdate();
    }
  }

  static Loaded withATtl(byte[] bytes) {
    return Loaded.of(ByteView.copyOf(bytes)).withTtl(Duration.ofSeconds(90));
  }

  static void metadata(Group scores, ByteView value, Duration timeout) {
    Metadata json = new Metadata("application/json", "\"v17\"");
    Loaded answer = Loaded.of(value).withMetadata(json);
    Applied put = scores.put("Tom", value.withMetadata(json));
    Metadata held = scores.getEntry("Tom", timeout).metadata();
  }

  static final class Teams implements Getter {
    private final Database database;

    Teams(Database database) {
      this.database = database;
    }

    @Override
    public Loaded load(String key) {
      return database.find(key);
    }

    @Override
    public Loaded reload(String key, Entry held) {
      return database.hasChanged(key, held.metadata()) ? load(key) : Loaded.unchanged();
    }
  }

  static void failures(Group scores) {
    try {
      ByteView value = scores.get("Tom");
    } catch (GetFailedException e) {
      log(e.getMessage(), e.getCause());
    }
  }

  static Loaded rejected() {
    Loaded answer = Loaded.rejected("status 403");
    return answer;
  }

  static void staleOnError(Group scores) {
    Entry entry = scores.getEntry("Tom", Duration.ofSeconds(1));
    if (entry.isStale()) {
      log("an old value");
    }
  }

  static void change(Group scores, Database database) {
    database.write("Tom", 631);
    Applied applied = scores.remove("Tom");
    Applied put = scores.put("Tom", ByteView.ofUtf8("631"));
    Applied brief = scores.put("Tom", ByteView.ofUtf8("631"), Duration.ofMinutes(1));
    CompletableFuture<Applied> later = scores.putAsync("Tom", ByteView.ofUtf8("631"));
    if (!applied.isEverywhere()) {
      log(applied.unreached());
    }
  }

  static void many(Group scores, Collection<String> keys, Duration timeout) {
    Map<String, GetResult> results = scores.getAll(List.of("Tom", "Jack", "Sam"));
    scores.getAll(keys, timeout, (key, result) -> log(key, result));
  }

  static final class Scores implements BulkGetter {
    private final Database database;

    Scores(Database database) {
      this.database = database;
    }

    @Override
    public Loaded load(String key) {
      return database.find(key);
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> keys) {
      return database.findAll(keys);
    }
  }

  static void deadline(Group scores) {
    scores.get("Tom", Duration.ofMillis(200));
  }

  static void traced() {
    TraceContext trace = LoadTrace.current();
  }

  /** A key of two parts. */
  record Line(String shop, long order) {}

  /** The origin of a typed group. */
  interface Repository {
    @Nullable Team find(long id);

    Optional<Team> findById(long id);

    Map<Long, Team> findAll(Set<Long> ids);
  }

  static TypedGroup<Long, Team> typed(
      CacheNode node, GroupConfig config, Mapper mapper, Repository repository) {
    ValueCodec<Team> json =
        ValueCodec.of(mapper::writeValueAsBytes, b -> mapper.readValue(b, Team.class));
    TypedGroup<Long, Team> teams =
        node.addGroup("teams", config, KeyCodec.of(Long.class), json, id -> repository.find(id))
            .withNearCache(10_000);

    Team team = teams.get(7L);
    Optional<Team> perhaps = teams.getOptional(7L);
    Team held = teams.getIfPresent(7L);
    Map<Long, TypedResult<Team>> many = teams.getAll(List.of(7L, 8L));
    CompletableFuture<Team> later = teams.async().get(7L);
    Applied put = teams.put(7L, new Team("A"));
    Applied removed = teams.remove(7L);
    return teams;
  }

  static void getters(Repository repository) {
    TypedGetter<Long, Team> optional = TypedGetter.optional(repository::findById);
    TypedGetter<Long, Team> many = TypedGetter.many(repository::findAll);
  }

  static void codecs(Group group, ValueCodec<Team> json) {
    ValueCodec<Score> protobuf = ValueCodec.of(Score::toByteArray, Score::parseFrom);
    ValueCodec<Team> third = json.withVersion(3);
    TypedGroup<Line, Team> view = group.as(KeyCodec.of(Line.class), third);
  }

  static void listen(Group scores) {
    scores.addListener(event -> log(event.type(), event.key()));
  }
}
