package io.dawncache.server;

import io.dawncache.core.consistenthash.Scheme;

/**
 * A protocol of the groupcache family that a node can speak: the path of its groups, how its ring
 * is built, and which status answers which outcome. All nodes of a fleet speak one dialect.
 *
 * @since 0.1.0
 */
public enum Dialect {
  /**
   * Our own: the ring that every node knows has the points {@code crc32(url + i)}; newer nodes have
   * another one, see {@link ServerConfig#ring}.
   */
  DAWNCACHE(
      Scheme.DAWNCACHE, "/_dawncache/", "application/octet-stream", 400, "no such group:", 500),

  /** golang/groupcache: the ring points are {@code crc32(i + url)}. */
  GROUPCACHE(
      Scheme.GROUPCACHE, "/_groupcache/", "application/x-protobuf", 404, "no such group: ", 500),

  /** mailgun/groupcache version 2: the ring points are {@code fnv1(md5(i + url))}. */
  MAILGUN(Scheme.MAILGUN, "/_groupcache/", "application/x-protobuf", 404, "no such group: ", 503);

  private final Scheme scheme;
  private final String basePath;
  private final String contentType;
  private final int noSuchGroupCode;
  private final String noSuchGroupText;
  private final int failedCode;

  Dialect(
      Scheme scheme,
      String basePath,
      String contentType,
      int noSuchGroupCode,
      String noSuchGroupText,
      int failedCode) {
    this.scheme = scheme;
    this.basePath = basePath;
    this.contentType = contentType;
    this.noSuchGroupCode = noSuchGroupCode;
    this.noSuchGroupText = noSuchGroupText;
    this.failedCode = failedCode;
  }

  /** {@return how the ring is built that every node of the dialect knows} */
  public Scheme scheme() {
    return scheme;
  }

  /** {@return the path that all groups lie under, with a slash at both ends} */
  public String basePath() {
    return basePath;
  }

  /** {@return whether it is our own, which only our nodes speak} */
  public boolean isOurs() {
    return this == DAWNCACHE;
  }

  /** {@return the content type of a value's answer} */
  public String contentType() {
    return contentType;
  }

  /**
   * {@return whether a Go client of this dialect writes a space as {@code +} (its {@code
   * QueryEscape}) and a plus as {@code %2B}; the others write {@code %20} and leave a plus alone}
   */
  public boolean goWritesSpaceAsPlus() {
    return this != MAILGUN;
  }

  /**
   * {@return whether a PUT to a key's path puts a value and a DELETE removes one; the other
   * dialects have neither}
   */
  public boolean putsAndDeletes() {
    return this == MAILGUN;
  }

  /** {@return the methods that a key's path takes, as the value of the header Allow} */
  public String allowed() {
    return putsAndDeletes() ? "GET, HEAD, PUT, DELETE" : "GET, HEAD";
  }

  /**
   * {@return whether an answer of {@code code} without our headers is final for the key: no other
   * node is asked}
   *
   * @param code an HTTP status code
   */
  public boolean isFinal(int code) {
    return this == MAILGUN && (code == 404 || code == 503);
  }

  /** {@return the HTTP status of a get in a group that the node does not have} */
  public int noSuchGroupCode() {
    return noSuchGroupCode;
  }

  /** {@return how the body of that answer begins; the group's name follows} */
  public String noSuchGroupText() {
    return noSuchGroupText;
  }

  /** {@return the HTTP status of a get whose load failed} */
  public int failedCode() {
    return failedCode;
  }

  /**
   * {@return the HTTP status of a get that the origin rejected} Go programs do not distinguish a
   * rejection; all of them treat 500 as an error.
   */
  public int rejectedCode() {
    return this == DAWNCACHE ? 502 : 500;
  }
}
