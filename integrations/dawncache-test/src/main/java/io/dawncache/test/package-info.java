/**
 * What an application needs to test a service that uses the cache: {@link
 * io.dawncache.test.TestFleet} is a fleet in this JVM, {@link io.dawncache.test.TestMember} one of
 * its nodes, which can fail at will, {@link io.dawncache.test.TestOrigin} an origin that can fail
 * and be slow, and counts its loads. {@link io.dawncache.test.FleetExtension} ties a fleet to the
 * tests of JUnit.
 */
@NullMarked
package io.dawncache.test;

import org.jspecify.annotations.NullMarked;
