/** Members found by JGroups: {@code --discovery jgroups}. */
@SuppressWarnings("requires-automatic") // JGroups has a module name but no descriptor
module io.dawncache.jgroups {
  requires transitive io.dawncache.server;
  requires org.jgroups;
  requires static org.jspecify;

  exports io.dawncache.jgroups;

  provides io.dawncache.server.DiscoveryProvider with
      io.dawncache.jgroups.JGroupsProvider;
}
