package io.dawncache.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.server.AccessTokens.Access;
import io.dawncache.server.testing.FuzzedReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The readers of tokens and of lists of members, for the fuzzer. */
public final class ServerReaders implements FuzzedReader.Source {
  private static final String TOKEN = "q8Z0b1yq1y3mX9sUqg2v5A==";
  private static final AccessTokens KNOWN = AccessTokens.parse(TOKEN + " operate");

  private static final List<Scheme> SCHEMES =
      List.of(Scheme.DAWNCACHE, Scheme.GROUPCACHE, Scheme.MAILGUN, Scheme.NATIVE);
  private static final int MOST_MEMBERS = 16; // a ring of many takes long
  private static final int REPLICAS = 5;

  @Override
  public List<FuzzedReader> readers() {
    return List.of(
        FuzzedReader.ofText(
            "tokens",
            IllegalArgumentException.class,
            List.of(
                "# tokens\n" + TOKEN + " operate\n\n",
                TOKEN + " write:scores,players\r\n0123456789abcdef\tread\n",
                "0123456789abcdef read:scores"),
            ServerReaders::readTokens),
        FuzzedReader.of(
            "authorization",
            null,
            FuzzedReader.bytes(
                List.of("Bearer " + TOKEN, "bearer   " + TOKEN + " ", "Basic dTpw", TOKEN)),
            input -> readAuthorization(new String(input, ISO_8859_1))),
        FuzzedReader.ofText(
            "member-list",
            IllegalArgumentException.class,
            List.of(
                "http://10.0.0.1:8001\nhttp://Cache-2.local:8001/\nhttp://cache_3",
                "https://[2001:db8::7]\nhttps://[2001:db8::8]:443",
                "http://127.0.0.1:1\nhttp://localhost:2"),
            ServerReaders::readMembers),
        FuzzedReader.ofText(
            "discovery",
            IllegalArgumentException.class,
            List.of(
                "static:http://10.0.0.1:8001,http://10.0.0.2:8001",
                "file:/srv/members",
                "dns:cache.local:8001@127.0.0.1:53",
                "dns-srv:_cache._tcp.local.@[::1]:8600"),
            text -> Discoveries.parse(text).close()),
        FuzzedReader.ofText(
            "ring-members",
            IllegalArgumentException.class,
            List.of("http://10.0.0.1:8001\nhttp://10.0.0.2:8001\nhttp://10.0.0.3:8001", "a\nb\na"),
            ServerReaders::readRing));
  }

  private static void readTokens(String text) {
    AccessTokens tokens = AccessTokens.parse(text);
    for (String line : text.lines().map(String::strip).toList()) {
      String token = line.split("\\s", 2)[0];
      boolean counts = !line.isEmpty() && !line.equals("#") && !line.startsWith("# ");
      if (counts && tokens.of("Bearer " + token) == null) {
        throw new AssertionError("not known: " + line);
      }
    }
  }

  private static void readAuthorization(String text) {
    String stripped = text.strip();
    boolean bearer = stripped.toLowerCase(Locale.ROOT).startsWith("bearer ");
    boolean known =
        bearer && stripped.substring("bearer ".length()).replaceAll("^ +", "").equals(TOKEN);
    Access access = KNOWN.of(text);
    if (known != Access.ALL.equals(access)) {
      throw new AssertionError(text + ": " + access + " (expected: known: " + known + ")");
    }
  }

  /** A list that is accepted is accepted again, and does not change. */
  private static void readMembers(String text) {
    List<String> members = text.lines().toList();
    for (Dialect dialect : Dialect.values()) {
      List<String> checked = MemberUrls.checked(members, dialect, true);
      if (!MemberUrls.checked(checked, dialect, true).equals(checked)) {
        throw new AssertionError(checked);
      }
    }
  }

  /** Each key has each member once among its owners, in the order of a ring made anew. */
  private static void readRing(String text) {
    List<String> members = text.lines().limit(MOST_MEMBERS).toList();
    Set<String> distinct = new LinkedHashSet<>(members);
    for (Scheme scheme : SCHEMES) {
      Ring ring = Ring.of(scheme, REPLICAS, members);
      Ring again = Ring.of(scheme, REPLICAS, ring.members());
      for (String key : List.of("", "Tom", text.substring(0, Math.min(text.length(), 100)))) {
        List<String> owners = ownersOf(ring, key);
        boolean sound =
            distinct.containsAll(owners)
                && owners.size() == new LinkedHashSet<>(owners).size()
                && owners.isEmpty() == distinct.isEmpty()
                && (owners.isEmpty() || owners.get(0).equals(ring.owner(key)));
        boolean asAgain = distinct.size() < members.size() || owners.equals(ownersOf(again, key));
        if (!sound || !asAgain) {
          throw new AssertionError(scheme + ", owners of " + key + ": " + owners);
        }
      }
    }
  }

  private static List<String> ownersOf(Ring ring, String key) {
    List<String> owners = new ArrayList<>();
    for (Iterator<String> each = ring.owners(key); each.hasNext(); ) {
      owners.add(each.next());
    }
    return owners;
  }
}
