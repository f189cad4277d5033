package conformance_test

import "strings"

// places draws a geo block: networks or ranges, and proxies whose word about the address is taken.
func (m *maker) places() []string {
	of := m.pick("place of", "", "$arg_k ", "$http_x_forwarded_for ", "$http_x_real_ip ")
	var lines []string
	value := func() string {
		return " " + m.pick("place", "west", "east", "''", "one.service.signalr.net", "near", "far") + ";"
	}
	places := []string{"192.0.2.0/26", "192.0.2.1", "198.51.100.7/32", "192.0.2.64/26", "0.0.0.0/0", "255.255.255.255", "2001:db8::/32", "192.0.2.0/26", "delete 192.0.2.0/26", "delete 192.0.2.1"}
	if m.maybe("ranges", 3) {
		lines = append(lines, "ranges;")
		places = []string{
			"192.0.2.0-192.0.2.63", "192.0.2.1-192.0.2.1", "198.51.100.7-198.51.100.7", "192.0.0.0-192.3.255.255", "192.0.2.0-192.0.2.31", "192.0.2.21-192.0.2.63",
			"delete 192.0.2.1-192.0.2.1", "delete 192.0.2.0-192.0.2.63", "192.0.2.32-192.0.2.100",
		}
	}
	if m.maybe("volatile places", 12) {
		lines = append(lines, m.since(30, "volatile;", "default x;"))
	}
	if !m.maybe("no default place", 4) {
		lines = append(lines, "default"+value())
	}
	for range 1 + m.upTo(4, "more places") {
		line := m.pick("addresses", places...)
		if !strings.HasPrefix(line, "delete ") {
			line += value()
		}
		lines = append(lines, strings.TrimSuffix(line, ";")+";")
	}
	if m.maybe("places behind proxies", 3) {
		lines = append(lines, "proxy "+m.pick("proxy", "192.0.2.0/24", "192.0.2.1", "198.51.100.0/24")+";")
		if m.maybe("behind several", 2) {
			lines = append(lines, "proxy 198.51.100.7; proxy_recursive;")
		}
	}
	return block("geo "+of+"$place", lines)
}
