// Command node is one member of a golang/groupcache fleet, for Dawncache's interoperation tests.
//
// It serves one group at /_groupcache/{group}/{key} and loads what it owns from an HTTP origin, by
// the same URL template that a Java node takes. On the same port, /healthz answers 200 and /stats
// the group's counters as JSON, in the shape of a Java node's.
//
// It needs Debian's packages golang-go, golang-github-golang-groupcache-dev,
// golang-github-golang-protobuf-1-5-dev and golang-google-protobuf-dev, and builds offline:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o node node.go
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/golang/groupcache"
)

const basePath = "/_groupcache/" // the default of HTTPPool

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "`HOST:PORT` to listen on, port 0 for any")
	self := flag.String("self", "", "this node's `URL` in the member list (default: where it listens)")
	peers := flag.String("peers", "", "the member list, `URL,URL,...` (default: this node alone)")
	name := flag.String("group", "scores", "the group's `NAME`")
	cacheBytes := flag.Int64("cache-bytes", 64<<20, "`BYTES` to keep in memory")
	certificate := flag.String("certificate", "", "`FILE` with a certificate, for TLS; trusted at peers, too")
	key := flag.String("key", "", "`FILE` with its key")
	origin := flag.String("origin", "", "`URL` to load a key from, with {key} for the escaped key")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument: %q", flag.Arg(0))
	}
	if !strings.Contains(*origin, "{key}") {
		log.Fatalf("--origin: %q (expected: a URL with {key} in it)", *origin)
	}

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	scheme := "http://"
	if *certificate != "" {
		scheme = "https://"
		listener = withTLS(listener, *certificate, *key)
	}
	if *self == "" {
		*self = scheme + listener.Addr().String()
	}
	if *peers == "" {
		*peers = *self
	}

	// The pool registers itself as the peer picker, so it must stand before a group is asked.
	pool := groupcache.NewHTTPPoolOpts(*self, nil)
	if *certificate != "" {
		transport := trusting(*certificate)
		pool.Transport = func(context.Context) http.RoundTripper { return transport }
	}
	pool.Set(strings.Split(*peers, ",")...)
	group := groupcache.NewGroup(*name, *cacheBytes, originGetter(*origin))

	fmt.Println(listener.Addr())
	log.Fatal(http.Serve(listener, handler(*self, pool, group)))
}

// withTLS accepts what listener does, with TLS. It offers no HTTP/2.
func withTLS(listener net.Listener, certificate, key string) net.Listener {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}})
}

// trusting asks peers that have this certificate, or one that it has signed.
func trusting(certificate string) http.RoundTripper {
	pem, err := os.ReadFile(certificate)
	if err != nil {
		log.Fatal(err)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(pem) {
		log.Fatalf("%s: no certificate", certificate)
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
}

// originGetter loads a key by a GET of the template; any answer but 200 is an error.
func originGetter(template string) groupcache.Getter {
	return groupcache.GetterFunc(func(ctx context.Context, key string, dest groupcache.Sink) error {
		// %20 for a space is right in a path and in a query, a plus only in a query.
		escaped := strings.ReplaceAll(url.QueryEscape(key), "+", "%20")
		target := strings.Replace(template, "{key}", escaped, 1)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		value, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("origin answered %s", response.Status)
		}
		return dest.SetBytes(value)
	})
}

// handler routes by hand: http.ServeMux would answer a key such as "a//b" or ".." by a redirect to
// the path that it thinks was meant.
func handler(self string, pool *groupcache.HTTPPool, group *groupcache.Group) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, basePath):
			pool.ServeHTTP(w, r)
		case r.URL.Path == "/healthz":
			fmt.Fprintln(w, "ok")
		case r.URL.Path == "/stats":
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(map[string]interface{}{
				"self":   self,
				"groups": map[string]interface{}{group.Name(): stats(group)},
			})
		default:
			http.NotFound(w, r)
		}
	}
}

func stats(group *groupcache.Group) map[string]interface{} {
	counters := &group.Stats
	return map[string]interface{}{
		"gets":           counters.Gets.Get(),
		"cacheHits":      counters.CacheHits.Get(),
		"peerLoads":      counters.PeerLoads.Get(),
		"peerErrors":     counters.PeerErrors.Get(),
		"loads":          counters.Loads.Get(),
		"loadsDeduped":   counters.LoadsDeduped.Get(),
		"localLoads":     counters.LocalLoads.Get(),
		"localLoadErrs":  counters.LocalLoadErrs.Get(),
		"serverRequests": counters.ServerRequests.Get(),
		"mainItems":      group.CacheStats(groupcache.MainCache).Items,
		"hotItems":       group.CacheStats(groupcache.HotCache).Items,
	}
}
