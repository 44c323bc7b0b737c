/** A node's metrics in any registry of Micrometer. */
@SuppressWarnings({
  "requires-automatic",
  "requires-transitive-automatic"
}) // Micrometer has only names
module io.dawncache.micrometer {
  requires transitive io.dawncache.server;
  requires transitive micrometer.core;
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.dawncache.micrometer;
}
