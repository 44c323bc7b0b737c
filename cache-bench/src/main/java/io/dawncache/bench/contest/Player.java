package io.dawncache.bench.contest;

/** The servers that take part. */
enum Player {
  CODEC("Netty's HTTP codec, fixed reply"),
  BARE("Netty without a codec, fixed reply"),
  NODE("**a node**"),
  NODE_AGAIN("another such node"),
  OTHER_NODE("a node of the other checkout"),
  HITS("a node, hits"),
  TWO_NODES("**two nodes**, both together"),
  TWO_NODES_AGAIN("another such two nodes"),
  TWO_OTHER_NODES("two nodes of the other checkout"),
  GO("Go groupcache"),
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
}
