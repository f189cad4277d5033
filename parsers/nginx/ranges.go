package nginx

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// maxIntervals bounds the work over the ranges of a geo block. NGINX cuts each range where the upper half of an address changes: one over
// all addresses makes 65,536 pieces.
const maxIntervals = 1 << 20

// ranges are the ranges of a geo block, cut into pieces as NGINX does it, by the upper halves of addresses.
type ranges struct {
	intervals map[uint16][]interval // in order
	size      int                   // pieces that were looked at
}

// interval is what a range says of addresses with the same upper half.
type interval struct {
	first, last uint16
	region
}

// cut calls a function for each piece of a range, until it returns false.
func (r *ranges) cut(first, last netip.Addr, each func(upper, from, to uint16) bool) {
	low, high := halves(first), halves(last)
	for upper := int(low[0]); upper <= int(high[0]); upper++ {
		from, to := uint16(0), uint16(0xffff)
		if upper == int(low[0]) {
			from = low[1]
		}
		if upper == int(high[0]) {
			to = high[1]
		}
		if r.size++; r.size > maxIntervals || !each(uint16(upper), from, to) { //nolint:gosec // between two of its kind
			return
		}
	}
}

// put gives a range a value. It may lie within another one, which it cuts; else it must not overlap others: over is one that it overlaps
// (ngx_http_geo_add_range).
func (r *ranges) put(first, last netip.Addr, to region) (over string) {
	r.cut(first, last, func(upper, from, until uint16) bool {
		list := r.intervals[upper]
		i := sort.Search(len(list), func(i int) bool { return list[i].first > until })
		if i == 0 || list[i-1].last < from {
			r.intervals[upper] = slices.Insert(list, i, interval{from, until, to})
			return true
		}
		old := list[i-1]
		if from < old.first || until > old.last {
			over = whole(upper, old.first).String() + "-" + whole(upper, old.last).String()
			return false
		}
		parts := []interval{{from, until, to}}
		if old.first < from {
			parts = slices.Insert(parts, 0, interval{old.first, from - 1, old.region})
		}
		if until < old.last {
			parts = append(parts, interval{until + 1, old.last, old.region})
		}
		r.intervals[upper] = slices.Replace(list, i-1, i, parts...)
		return true
	})
	return over
}

// remove takes away the pieces that are just those of a range (ngx_http_geo_delete_range).
func (r *ranges) remove(first, last netip.Addr) {
	r.cut(first, last, func(upper, from, to uint16) bool {
		r.intervals[upper] = slices.DeleteFunc(r.intervals[upper], func(p interval) bool { return p.first == from && p.last == to })
		return true
	})
}

// regions are what the ranges say of some address.
func (r *ranges) regions() []region {
	var out []region
	for _, list := range r.intervals {
		for _, i := range list {
			out = append(out, i.region)
		}
	}
	return out
}

// find is what the ranges say of an address of IPv4.
func (r *ranges) find(ip netip.Addr) (region, bool) {
	h := halves(ip)
	list := r.intervals[h[0]]
	i := sort.Search(len(list), func(i int) bool { return list[i].first > h[1] })
	if i == 0 || list[i-1].last < h[1] {
		return region{}, false
	}
	return list[i-1].region, true
}

func halves(ip netip.Addr) [2]uint16 {
	b := ip.As4()
	return [2]uint16{binary.BigEndian.Uint16(b[:2]), binary.BigEndian.Uint16(b[2:])}
}

func whole(upper, lower uint16) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint16(b[:2], upper)
	binary.BigEndian.PutUint16(b[2:], lower)
	return netip.AddrFrom4(b)
}
