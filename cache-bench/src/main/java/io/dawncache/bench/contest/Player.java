package io.dawncache.bench.contest;

/** The servers that take part. */
enum Player {
  CODEC("Netty's HTTP codec, fixed reply"),
  BARE("Netty without a codec, fixed reply"),
  NODE("**a node**"),
  NODE_AGAIN("another such node"),
  OTHER_NODE("a node of the other checkout"),
  HITS("a node, hits"),
  NODE_TLS("a node, TLS by the JDK"),
  NODE_OPENSSL("a node, TLS by OpenSSL"),
  TWO_NODES("**two nodes**, both together"),
  TWO_NODES_AGAIN("another such two nodes"),
  TWO_OTHER_NODES("two nodes of the other checkout"),
  TWO_NODES_TLS("two nodes, TLS by the JDK, both together"),
  TWO_NODES_OPENSSL("two nodes, TLS by OpenSSL, both together"),
  GO("Go groupcache"),
  GO_TLS("Go groupcache, TLS"),
  TWO_GOS("two Go groupcaches, both together"),
  NGINX("nginx: fixed reply, or a file by sendfile"),
  REDIS("Redis, by its own benchmark, all keys alike");

  private final String title;

  Player(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Returns whether its servers accept TLS alone. */
  boolean isTls() {
    return switch (this) {
      case NODE_TLS, NODE_OPENSSL, TWO_NODES_TLS, TWO_NODES_OPENSSL, GO_TLS -> true;
      default -> false;
    };
  }

  /** Returns what the URLs of its servers begin with. */
  String scheme() {
    return isTls() ? "https://" : "http://";
  }
}
