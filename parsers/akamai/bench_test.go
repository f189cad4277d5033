package akamai_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// largeTree is a rule tree of about so many bytes, with the rules and behaviors of a web site.
func largeTree(size int) []byte {
	var out strings.Builder
	out.WriteString(`{"propertyName":"rt.contoso.example","ruleFormat":"v2025-10-16","rules":{"name":"default","behaviors":[` + origins + `],"children":[`)
	for i := 0; out.Len() < size; i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"name":"rule %d","criteriaMustSatisfy":"all","criteria":[{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/site/%d/*","/a*b/%d"],"matchCaseSensitive":false,"normalize":false}},
			{"name":"fileExtension","options":{"matchOperator":"IS_ONE_OF","values":["css","js","png","jpg","gif"],"matchCaseSensitive":false}}],
			"behaviors":[{"name":"caching","options":{"behavior":"MAX_AGE","ttl":"30d","mustRevalidate":false}},
			{"name":"origin","options":{"originType":"CUSTOMER","hostname":"o%d.example","forwardHostHeader":"ORIGIN_HOSTNAME","cacheKeyHostname":"ORIGIN_HOSTNAME","compress":true,"httpPort":80,"httpsPort":443,"originSni":true,"verificationMode":"PLATFORM_SETTINGS"}},
			{"name":"modifyOutgoingResponseHeader","options":{"action":"ADD","standardAddHeaderName":"OTHER","customHeaderName":"X-Rule","headerValue":"%d"}},{"name":"denyAccess","options":{"enabled":false,"reason":"r%d"}}],"children":[]}`, i, i, i, i, i, i)
	}
	out.WriteString(`]}}`)
	return []byte(out.String())
}

// BenchmarkLargeTree reads a tree of 5 MB.
func BenchmarkLargeTree(b *testing.B) {
	text := largeTree(5 << 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		doc, err := jsontree.Parse("rules.json", text, jsontree.Options{})
		if err != nil {
			b.Fatal(err)
		}
		in := &akamai.Inputs{}
		in.Add("rules.json", doc.Root, none)
		if in.Gateways()[0] == nil {
			b.Fatal("nothing was compiled")
		}
	}
}

func TestHostileTreesAreBounded(t *testing.T) {
	deep := strings.Repeat(`{"name":"r","behaviors":[],"children":[`, 90) + strings.Repeat(`]}`, 90)
	wide := `{"name":"default","behaviors":[` + origins + strings.Repeat(`,{"name":"advanced","options":{"xml":"<x/>"}}`, 5000) + `]}`
	for name, rules := range map[string]string{"deep": deep, "wide": wide} {
		start := time.Now()
		g := property(t, rules)
		sent(g, "/client/")
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s takes %s", name, took)
		}
	}
}
