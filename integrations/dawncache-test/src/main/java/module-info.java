/** What an application needs to test a service that uses the cache, without a fleet of machines. */
module io.dawncache.test {
  requires transitive io.dawncache.server;
  requires static transitive org.junit.jupiter.api; // for the extension alone
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  exports io.dawncache.test;
}
