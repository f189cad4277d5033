package nginx

import "strings"

// escapes are the characters that a backslash changes; every other backslash stays (ngx_conf_read_token).
var escapes = strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n")

func unescape(raw string) string { return escapes.Replace(raw) }
