package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  private static InetAddress address(int number) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
  }

  private static ConnectionLimit limit(int most, int mostFromOneAddress) {
    return new ConnectionLimit(most, mostFromOneAddress, System::nanoTime);
  }

  @Test
  void soManyAreOpenAtATimeInAll() throws Exception {
    ConnectionLimit limit = limit(3, 3);
    assertTrue(limit.tryOpen(address(1)));
    assertTrue(limit.tryOpen(address(2)));
    assertTrue(limit.tryOpen(address(3)));

    assertFalse(limit.tryOpen(address(4)));
    assertFalse(limit.tryOpen(address(1)));
    limit.close(address(2));
    assertTrue(limit.tryOpen(address(4)));
    assertFalse(limit.tryOpen(address(4)));
  }

  @Test
  void soManyAreOpenAtATimeFromOneAddress() throws Exception {
    ConnectionLimit limit = limit(5, 2);
    assertTrue(limit.tryOpen(address(1)));
    assertTrue(limit.tryOpen(address(1)));

    assertFalse(limit.tryOpen(address(1)));
    assertTrue(limit.tryOpen(address(2)), "another address");
    limit.close(address(1));
    assertTrue(limit.tryOpen(address(1)));
  }

  private static InetAddress address6(int network, int host) throws UnknownHostException {
    return InetAddress.getByAddress(
        new byte[] {
          0x20, 1, 0xd, (byte) 0xb8, 0, 0, 0, (byte) network, 0, 0, 0, 0, 0, 0, 0, (byte) host
        });
  }

  @Test
  void addressesOfOneNetworkOfIpv6CountAsOne() throws Exception {
    EmbeddedChannel first = from(address6(1, 1));
    EmbeddedChannel sameNetwork = from(address6(1, 2));
    EmbeddedChannel otherNetwork = from(address6(2, 1));
    ConnectionLimit limit = limit(5, 1);

    assertTrue(limit.admit(first));
    assertFalse(limit.admit(sameNetwork));
    assertTrue(limit.admit(otherNetwork));

    first.close();
    assertTrue(limit.admit(sameNetwork));
    sameNetwork.close();
    otherNetwork.close();
  }

  @Test
  void loopbackOfIpv6CountsAloneAndAnAddressOfIpv4AsItIs() throws Exception {
    byte[] one = new byte[16];
    one[15] = 1;
    InetAddress loopback = InetAddress.getByAddress(one);
    assertEquals(loopback, ConnectionLimit.counted(loopback));
    assertEquals(address(1), ConnectionLimit.counted(address(1)));
  }

  private static EmbeddedChannel from(InetAddress address) {
    return new EmbeddedChannel() {
      @Override
      protected SocketAddress remoteAddress0() {
        return new InetSocketAddress(address, 5000);
      }
    };
  }

  @Test
  void aRefusedConnectionTakesNoPlace() throws Exception {
    ConnectionLimit limit = limit(2, 1);
    assertTrue(limit.tryOpen(address(1)));
    for (int i = 0; i < 100; i++) {
      assertFalse(limit.tryOpen(address(1)));
    }

    assertTrue(limit.tryOpen(address(2)));
  }

  @Test
  void theBoundsHoldWhateverThreadsDoAtATimeAndAllPlacesComeBack() throws Exception {
    int most = 6;
    int mostFromOneAddress = 4;
    ConnectionLimit limit = limit(most, mostFromOneAddress);
    AtomicInteger open = new AtomicInteger();
    AtomicInteger tooMany = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      InetAddress address = address(i % 3);
      Thread thread =
          new Thread(
              () -> {
                awaitUninterruptibly(all);
                for (int round = 0; round < 20_000; round++) {
                  if (limit.tryOpen(address)) {
                    tooMany.addAndGet(open.incrementAndGet() > most ? 1 : 0);
                    if (random.nextInt(10) == 0) {
                      Thread.onSpinWait();
                    }
                    open.decrementAndGet();
                    limit.close(address);
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    all.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(0, tooMany.get());
    for (int i = 0; i < most; i++) {
      assertTrue(limit.tryOpen(address(i % 3)), "place " + i);
    }
    assertFalse(limit.tryOpen(address(0)));
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
