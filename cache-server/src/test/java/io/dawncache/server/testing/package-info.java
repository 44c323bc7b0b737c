/** What several packages' tests share: the leak check of every test class, and the books. */
package io.dawncache.server.testing;
