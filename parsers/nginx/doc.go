// Package nginx reads NGINX configuration and lowers it into the common model.
//
// The syntax follows NGINX's own reader, src/core/ngx_conf_file.c, byte for byte: what it takes for one word is one word here, what it
// refuses is a Problem in its own words. Reading goes on behind an error, so that one run names as many as it can. Nothing is lost
// silently: a statement whose words cannot be trusted says so (Directive.Broken), and wherever directives may stand that were not
// read (an include that is not here, a file that was cut off) the tree holds a gap (Directive.Gap).
package nginx
