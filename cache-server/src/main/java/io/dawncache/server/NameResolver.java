package io.dawncache.server;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Looks up names by {@link Names} for event loops, without blocking them. */
final class NameResolver extends AddressResolverGroup<InetSocketAddress> {
  /*
   * The JDK's look-up blocks, so it runs on a thread of its own. Concurrent callers of one name
   * share a look-up, so there are never more threads than members whose names are being looked up.
   * A caller waits no longer than its connect time-out; the look-up continues, and the next caller
   * shares its result.
   */
  private static final long IDLE_SECONDS = 10;

  /** Finds the addresses of a name; may block. */
  @FunctionalInterface
  interface LookUp {
    List<InetAddress> addressesOf(String name) throws UnknownHostException;
  }

  private final LookUp lookUp;
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new DefaultThreadFactory("dawncache-names", true));
  private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> lookUps =
      new ConcurrentHashMap<>();

  NameResolver() {
    this(Names::addressesOf);
  }

  NameResolver(LookUp lookUp) {
    this.lookUp = lookUp;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new OfLoop(executor).asAddressResolver();
  }

  private CompletableFuture<List<InetAddress>> lookUp(String name) {
    CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> present = lookUps.putIfAbsent(name, mine);
    if (present != null) {
      return present;
    }
    try {
      threads.execute(() -> lookUp(name, mine));
    } catch (RuntimeException | Error e) { // stopped, or short of threads
      end(name, mine);
      mine.completeExceptionally(e);
    }
    return mine;
  }

  private void lookUp(String name, CompletableFuture<List<InetAddress>> mine) {
    try {
      List<InetAddress> found = lookUp.addressesOf(name);
      end(name, mine);
      mine.complete(found);
    } catch (Throwable t) {
      end(name, mine);
      mine.completeExceptionally(t);
    }
  }

  /** Ends a look-up before its waiters are called: a later caller looks the name up again. */
  private void end(String name, CompletableFuture<List<InetAddress>> mine) {
    lookUps.remove(name, mine);
  }

  @Override
  public void close() {
    super.close();
    threads.shutdownNow();
  }

  private final class OfLoop extends InetNameResolver {
    OfLoop(EventExecutor executor) {
      super(executor);
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
      promise.setFailure(new UnsupportedOperationException("one address (expected: all)"));
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
        throws UnknownHostException {
      byte[] address = NetUtil.createByteArrayFromIpAddressString(name);
      if (address != null) {
        promise.setSuccess(List.of(InetAddress.getByAddress(address)));
        return;
      }
      lookUp(name)
          .whenComplete(
              (found, failure) -> {
                if (found != null) {
                  promise.trySuccess(found);
                } else {
                  promise.tryFailure(failure);
                }
              });
    }
  }
}
