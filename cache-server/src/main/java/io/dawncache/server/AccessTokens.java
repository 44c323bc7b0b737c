package io.dawncache.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bearer tokens of clients and operators (RFC 6750), and what each allows. Holds the SHA-256
 * digests of tokens alone. Immutable.
 *
 * @since 0.1.0
 */
public final class AccessTokens {
  /** No tokens: nobody has a role. */
  public static final AccessTokens NONE = new AccessTokens(List.of());

  private static final Pattern LINE =
      Pattern.compile("([!-~]{16,1000})\\s+(read|write|operate)(?::([^\\s,]++(?:,[^\\s,]++)*+))?");

  private static final Pattern BEARER =
      Pattern.compile("Bearer +([!-~]{1,1000})", Pattern.CASE_INSENSITIVE);

  private final List<Entry> entries;

  private static final class Entry {
    final byte[] digest;
    final Access access;

    Entry(byte[] digest, Access access) {
      this.digest = digest;
      this.access = access;
    }
  }

  /**
   * What a token is for; each constant allows what the ones before it do.
   *
   * @since 0.1.0
   */
  public enum Role {
    /** To get values. */
    READ,

    /** To change values from outside the fleet, as far as a group's settings allow. */
    WRITE,

    /** To see and do what operators do. */
    OPERATE
  }

  /**
   * What the sender of a request may do.
   *
   * @param role what its token is for
   * @param groups the only groups in which it has that role; empty for all
   * @since 0.1.0
   */
  public record Access(Role role, Set<String> groups) {
    /** To do everything. */
    public static final Access ALL = new Access(Role.OPERATE, Set.of());

    /** Copies the groups. */
    public Access {
      groups = Set.copyOf(groups);
    }

    /**
     * {@return whether it includes a role in one group}
     *
     * @param needed the least that suffices
     * @param group the name of any group, whether there is one or not
     */
    public boolean allows(Role needed, String group) {
      return role.compareTo(needed) >= 0 && (groups.isEmpty() || groups.contains(group));
    }

    /**
     * {@return whether it includes a role in all groups}
     *
     * @param needed the least that suffices
     */
    public boolean allows(Role needed) {
      return role.compareTo(needed) >= 0 && groups.isEmpty();
    }
  }

  private AccessTokens(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * {@return the tokens that a text lists} Each line is {@code TOKEN ROLE} or, for read and write,
   * {@code TOKEN ROLE:GROUP,GROUP}. Empty lines, and those that begin with {@code #} and a blank,
   * do not count.
   *
   * @param text the lines
   * @throws IllegalArgumentException if a line is anything else, or names a group twice; the
   *     message has no token
   */
  public static AccessTokens parse(String text) {
    List<Entry> entries = new ArrayList<>();
    List<String> lines = text.lines().map(String::strip).toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!line.isEmpty() && !line.equals("#") && !line.startsWith("# ")) {
        entries.add(entry(line, i + 1));
      }
    }
    return new AccessTokens(entries);
  }

  private static Entry entry(String line, int number) {
    Matcher parts = LINE.matcher(line);
    if (parts.matches()) {
      Role role = Role.valueOf(parts.group(2).toUpperCase(Locale.ROOT));
      String groups = parts.group(3);
      if (groups == null || role != Role.OPERATE) {
        return new Entry(digest(parts.group(1)), new Access(role, named(groups, number)));
      }
    }
    throw new IllegalArgumentException(
        "tokens: line "
            + number
            + " (expected: TOKEN read, write or operate, with :GROUP,... behind read and write,"
            + " and a TOKEN of 16 to 1000 visible ASCII characters)");
  }

  private static Set<String> named(@Nullable String groups, int number) {
    Set<String> named = new HashSet<>();
    for (String group : groups == null ? List.<String>of() : List.of(groups.split(",", -1))) {
      if (!named.add(group)) {
        throw new IllegalArgumentException(
            "tokens: line " + number + ": group " + group + " twice (expected: each group once)");
      }
    }
    return named;
  }

  /**
   * {@return what the sender of an {@code Authorization} header may do; null if the header holds no
   * token that is known} Compares with all tokens, each in constant time.
   *
   * @param authorization the value of the header
   */
  public @Nullable Access of(String authorization) {
    Matcher bearer = BEARER.matcher(authorization.strip());
    if (!bearer.matches()) {
      return null;
    }
    byte[] digest = digest(bearer.group(1));
    Access found = null;
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.digest, digest)) {
        found = entry.access;
      }
    }
    return found;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
    } catch (GeneralSecurityException e) { // every JDK has it
      throw new IllegalStateException(e);
    }
  }

  /** {@return how many there are, and nothing else of them} */
  @Override
  public String toString() {
    return "AccessTokens[" + entries.size() + "]";
  }
}
