package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names on the way to an event loop; what finds their addresses is the test's. */
class NameResolverTest {
  private final AtomicInteger lookUps = new AtomicInteger();
  private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final EventLoop loop = new DefaultEventLoop();
  private final NameResolver resolver =
      new NameResolver(
          name -> {
            lookUps.incrementAndGet();
            String answer = takeAnswer();
            if (answer.isEmpty()) {
              throw new UnknownHostException(name);
            }
            return List.of(InetAddress.getByName(answer), InetAddress.getByName("10.9.9.9"));
          });

  private String takeAnswer() {
    try {
      return answers.take();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void end() {
    resolver.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private Future<List<InetSocketAddress>> lookUp(String host) {
    return resolver.getResolver(loop).resolveAll(InetSocketAddress.createUnresolved(host, 8001));
  }

  @Test
  void aNameHasAllItsAddressesInTheirOrder() throws Exception {
    answers.add("10.0.0.1");

    assertEquals(
        List.of(
            new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 8001),
            new InetSocketAddress(InetAddress.getByName("10.9.9.9"), 8001)),
        lookUp("cache-1").get());
  }

  @Test
  void aNameIsLookedUpAnewForWhoComesAfterTheAnswer() throws Exception {
    answers.add("10.0.0.1");
    lookUp("cache-1").get();
    answers.add("10.0.0.2");

    assertEquals("10.0.0.2", lookUp("cache-1").get().get(0).getAddress().getHostAddress());
  }

  @Test
  void aNameWithoutAnAddressHasOneLater() throws Exception {
    answers.add("");
    assertTrue(lookUp("cache-1").await().cause() instanceof UnknownHostException);
    answers.add("10.0.0.1");

    assertEquals("10.0.0.1", lookUp("cache-1").get().get(0).getAddress().getHostAddress());
  }

  @Test
  void thoseWhoWantANameAtOneTimeShareALookUpAndTheLoopGoesOn() throws Exception {
    Future<List<InetSocketAddress>> first = lookUp("cache-1");
    Future<List<InetSocketAddress>> second = lookUp("cache-1");
    CountDownLatch loopIsFree = new CountDownLatch(1);
    loop.execute(loopIsFree::countDown);

    loopIsFree.await();
    assertFalse(first.isDone());
    answers.add("10.0.0.1");

    assertEquals(first.get(), second.get());
    assertEquals(1, lookUps.get());
  }

  @Test
  void anAddressIsNotLookedUp() throws Exception {
    InetSocketAddress v6 = lookUp("::1").get().get(0);

    assertEquals("0:0:0:0:0:0:0:1", v6.getAddress().getHostAddress());
    assertEquals("127.0.0.1", lookUp("127.0.0.1").get().get(0).getAddress().getHostAddress());
    assertEquals(0, lookUps.get());
  }

  @Test
  void whoComesAfterTheEndIsToldSo() throws Exception {
    resolver.close();

    assertFalse(lookUp("cache-1").await().isSuccess());
  }
}
