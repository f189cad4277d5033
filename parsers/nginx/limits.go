package nginx

// Bounds of one configuration. NGINX has none of them but maxParameter; they keep hostile or mistaken input from costing more than
// seconds and a few hundred megabytes.
const (
	maxParameter  = 4096      // bytes of one word: NGX_CONF_BUFFER in NGINX src/core/ngx_conf_file.c
	maxNesting    = 64        // blocks and includes inside each other
	maxFiles      = 20_000    // sites are kept in files of their own, by the thousand
	maxBytes      = 64 << 20  // of all files together
	maxStatements = 2_000_000 // counted as often as they are included
	maxWords      = 8_000_000 // of one file
	maxProblems   = 100       //
	maxLinks      = 10        // symbolic links that lead to one file
	maxMatches    = 10_000    // names that one include pattern may match
)

// narrow makes an offset, or the index of a statement or word, 32 bits wide: the bounds above keep them all below 2^31.
func narrow(n int) int32 { return int32(n) } //nolint:gosec // see above
