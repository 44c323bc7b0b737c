/**
 * What tests of several packages share: the leak check of every class, the books, the house rules.
 */
package io.dawncache.server.testing;
