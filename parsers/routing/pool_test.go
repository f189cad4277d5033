package routing

import (
	"slices"
	"strconv"
	"testing"
)

// pooled forwards everything to a pool of two services picked as told.
func pooled(pick Pick, members ...Member) *Gateway {
	return &Gateway{
		Listeners: []*Listener{{Name: "in", Address: "*", Port: 80, Entry: "in"}},
		Pools:     map[string]*Pool{"signalr": {Name: "signalr", Members: members, Pick: pick}},
		Blocks: map[string][]Step{"in": {&Forward{
			To: Text("signalr"), Scheme: Text("https"), Target: ReadOriginal(InTarget, ""),
			Then: []Step{&Set{What: Place{InHeader, "Host"}, To: Read(InUpstreamHost, "")}},
		}}},
	}
}

func member(address string) Member { return Member{Address: Of(address, Span{})} }

func addresses(paths []Path) []string {
	var out []string
	for i := range paths {
		out = append(out, paths[i].Outcome())
	}
	slices.Sort(out)
	return out
}

func TestPoolsPickMembers(t *testing.T) {
	two := []Member{member("a.service.signalr.net:443"), member("b.service.signalr.net:443")}
	key := Pick{How: "hash", Key: Read(InArgument, "asrs_request_id")}
	tests := []struct {
		name   string
		g      *Gateway
		target string
		want   []string
	}{
		{"round robin can reach every member", pooled(Pick{How: "round robin"}, two...), "/", []string{"delivered to a.service.signalr.net:443", "delivered to b.service.signalr.net:443"}},
		{"an empty key counts as none", pooled(key, two...), "/client/?hub=x", []string{"delivered to a.service.signalr.net:443", "delivered to b.service.signalr.net:443"}},
		{"a backup gets nothing while the others are well", pooled(Pick{}, two[0], Member{Address: two[1].Address, Backup: true}), "/", []string{"delivered to a.service.signalr.net:443"}},
		{"an empty pool answers 502", pooled(Pick{}), "/", []string{"answered by the gateway: 502 pool signalr has no members"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := addresses(tt.g.Trace(tt.g.Listeners[0], &Request{Method: "GET", Target: tt.target}))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAKeyAlwaysPicksTheSameMemberAndSpreadsOverAll(t *testing.T) {
	g := pooled(Pick{Key: Read(InArgument, "asrs_request_id")}, member("a:443"), member("b:443"))
	seen := map[string]bool{}
	for i := range 40 {
		target := "/client/?asrs_request_id=" + strconv.Itoa(i)
		first := addresses(g.Trace(g.Listeners[0], &Request{Method: "POST", Target: target, ClientIP: "192.0.2.1"}))
		again := addresses(g.Trace(g.Listeners[0], &Request{Method: "GET", Target: target + "&id=x", ClientIP: "192.0.2.2"}))
		if len(first) != 1 || !slices.Equal(first, again) {
			t.Fatalf("id %d: %q, then %q", i, first, again)
		}
		seen[first[0]] = true
	}
	if len(seen) != 2 {
		t.Errorf("40 ids reached %v", seen)
	}
}

func TestHeadersCanTakeThePickedMembersName(t *testing.T) {
	g := pooled(Pick{}, member("a.service.signalr.net:443"), member("b.service.signalr.net:443"))
	for _, p := range g.Trace(g.Listeners[0], &Request{Method: "GET", Target: "/", Host: "edge.example.com"}) {
		if host := p.Delivery.Header("Host"); host[0].Text() != hostOf(p.Delivery.Address.Text()) || len(host) != 1 {
			t.Errorf("%s got Host %v", p.Delivery.Address, host)
		}
	}
}

func TestAMemberThatIsAListenerOfTheSameGatewayIsFollowed(t *testing.T) {
	g := pooled(Pick{Key: Read(InArgument, "asrs_request_id")}, member("127.0.0.1:9001"))
	g.Pools["signalr"].Pick = Pick{}
	g.Blocks["in"][0].(*Forward).Scheme = Text("http")
	g.Listeners = append(g.Listeners, &Listener{Name: "inner", Address: "127.0.0.1", Port: 9001, Entry: "inner"})
	g.Blocks["inner"] = []Step{&Forward{To: Text("a.service.signalr.net"), Scheme: Text("https"), Target: Read(InTarget, "")}}
	paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Target: "/client/?hub=chat", Host: "edge.example.com"})
	if got := paths[0].Outcome(); got != "delivered to a.service.signalr.net:443" {
		t.Fatal(got)
	}
	if via := paths[0].Via; len(via) != 1 || via[0].Address.Text() != "127.0.0.1:9001" {
		t.Errorf("went via %v", via)
	}
}

func TestAGatewayThatForwardsToItselfEnds(t *testing.T) {
	g := pooled(Pick{}, member("127.0.0.1:80"))
	g.Blocks["in"][0].(*Forward).Scheme = Text("http")
	paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Target: "/"})
	if !paths[0].Unknown.IsUnknown() {
		t.Error(paths[0].Outcome())
	}
}

func TestDiceMakeTwoWaysThatAssumeNothing(t *testing.T) {
	dice := &Pool{Name: "dice", Members: []Member{{Address: Of("yes", Span{})}, {Address: Of("no", Span{})}}}
	g := &Gateway{Blocks: map[string][]Step{"in": {
		&Match{Arms: []Arm{{
			When: All{Always{}, Chance{Pool: dice}}, Do: []Step{&Respond{Status: Of("403", Span{})}},
		}}},
		&Respond{Status: Of("200", Span{})},
	}}}
	l := &Listener{Name: "in", Entry: "in"}
	got := map[string]int{}
	for _, p := range g.Trace(l, &Request{Method: "GET", Target: "/"}) {
		got[p.Response.Status.Text()]++
		if len(p.Assumed) > 0 || len(p.Chosen) != 1 {
			t.Errorf("a way assumes %v and chose %v", p.Assumed, p.Chosen)
		}
	}
	if got["403"] != 1 || got["200"] != 1 {
		t.Errorf("got %v", got)
	}
	one := Tracer{Gateway: g, Choose: func(*Pool) int { return 1 }}
	if paths := one.Trace(l, &Request{Method: "GET", Target: "/"}); len(paths) != 1 || paths[0].Response.Status.Text() != "200" {
		t.Errorf("whoever follows one request went %d ways", len(paths))
	}
}

func TestASocketForAllAddressesOfIPv4IsNoneForIPv6(t *testing.T) {
	four, six := &Listener{Name: "four", Address: "*", Port: 8080}, &Listener{Name: "six", Address: "::", Port: 8081}
	g := &Gateway{Listeners: []*Listener{four, six}}
	for address, want := range map[string]*Listener{"127.0.0.1:8080": four, "[::1]:8080": nil, "[::1]:8081": six, "127.0.0.1:8081": nil, "localhost:8080": four} {
		if got := g.ListenerAt(address); got != want {
			t.Errorf("%s is listener %v, want %v", address, got, want)
		}
	}
}
