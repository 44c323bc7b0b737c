package io.dawncache.jgroups;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jgroups.Address;
import org.jgroups.util.ExtendedUUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node says about itself in the JGroups cluster.
 *
 * @param url its URL, as in member lists
 * @param zone where it runs; empty if it does not say
 * @param version of this module at that node
 * @since 0.1.0
 */
public record JGroupsMember(String url, String zone, String version) {
  /*
   * It is a part of the node's JGroups address. So a view, which is a list of addresses, has all of
   * it, for every member: nothing has to be asked, and nothing can be late.
   */
  private static final String URL = "url";
  private static final String ZONE = "zone";
  private static final String VERSION = "version";
  private static final int MOST_BYTES = 255; // of each, by JGroups

  /**
   * Checks the texts.
   *
   * @throws IllegalArgumentException if one is too long
   */
  public JGroupsMember {
    check("url", url);
    check("zone", zone);
    check("version", version);
  }

  private static void check(String what, String text) {
    if (text.getBytes(UTF_8).length > MOST_BYTES) {
      throw new IllegalArgumentException(
          what + ": " + text + " (expected: <= " + MOST_BYTES + " bytes)");
    }
  }

  /** Returns a new address that says it. */
  Address toAddress() {
    return ExtendedUUID.randomUUID(url)
        .put(URL, url.getBytes(UTF_8))
        .put(ZONE, zone.getBytes(UTF_8))
        .put(VERSION, version.getBytes(UTF_8));
  }

  /** Returns what an address says; null if it is not that of a node. */
  static @Nullable JGroupsMember of(Address address) {
    if (address instanceof ExtendedUUID node && node.get(URL) != null) {
      return new JGroupsMember(text(node, URL), text(node, ZONE), text(node, VERSION));
    }
    return null;
  }

  private static String text(ExtendedUUID node, String key) {
    byte[] text = node.get(key);
    return text == null ? "" : new String(text, UTF_8);
  }
}
