// A node of golang/groupcache on one core. Arguments: HOST:PORT, the members' URLs separated by
// commas, the length of each value, and how many MiB the node may keep; for TLS, the files of a
// certificate and its key.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/golang/groupcache"
)

func main() {
	runtime.GOMAXPROCS(1)
	value := strings.Repeat("v", number(os.Args[3]))
	pool := groupcache.NewHTTPPoolOpts("http://"+os.Args[1], nil)
	pool.Set(strings.Split(os.Args[2], ",")...)
	groupcache.NewGroup("scores", int64(number(os.Args[4]))<<20, groupcache.GetterFunc(
		func(ctx context.Context, key string, dest groupcache.Sink) error {
			return dest.SetString(value)
		}))
	fmt.Println("serving")
	if len(os.Args) > 5 {
		// HTTP/1.1, as all others speak it.
		server := &http.Server{Addr: os.Args[1], Handler: pool, TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
		panic(server.ListenAndServeTLS(os.Args[5], os.Args[6]))
	}
	panic(http.ListenAndServe(os.Args[1], pool))
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}
