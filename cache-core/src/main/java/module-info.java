/** The embeddable cache: groups, local caches, the ring and the flights, without any network. */
@SuppressWarnings("module") // the module named in an export is built later
module io.dawncache.core {
  requires com.github.benmanes.caffeine;
  requires static java.management; // both to find out how the JVM lays out its heap; see HeapLayout
  requires static jdk.management;
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;

  exports io.dawncache.core;
  exports io.dawncache.core.consistenthash;
  exports io.dawncache.core.lru;
  exports io.dawncache.core.outage to
      io.dawncache.server;
  exports io.dawncache.core.singleflight;
}
