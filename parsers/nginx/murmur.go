package nginx

// murmurHash2 is the hash by which split_clients shares values out (ngx_murmur_hash2).
func murmurHash2(key string) uint32 {
	const m = 0x5bd1e995
	h := uint32(len(key)) //nolint:gosec // texts are bounded
	for ; len(key) >= 4; key = key[4:] {
		k := uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24
		k *= m
		k = (k ^ k>>24) * m
		h = h*m ^ k
	}
	for i := len(key) - 1; i >= 0; i-- {
		h ^= uint32(key[i]) << (8 * i)
	}
	if key != "" {
		h *= m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
