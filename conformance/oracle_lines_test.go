package conformance_test

import "strings"

// lines are what is put into configurations: each is right in some places and wrong in others, or wrong everywhere.
var lines = strings.Split(strings.TrimSpace(`
proxy_pass http://a.example.org;
proxy_pass http://a.example.org/x;
proxy_pass https://pool;
proxy_pass https://pool:443;
proxy_pass https://POOL/;
proxy_pass a.example.org;
proxy_pass ftp://a.example.org;
proxy_pass http://;
proxy_pass http://$nosuch;
proxy_pass http://$host$uri;
proxy_pass http://a.invalid;
proxy_pass http://a.example.org:99999;
proxy_pass http://a.example.org:x/;
proxy_pass http://unix:/run/x.sock;
proxy_pass http://unix:/run/x.sock:/uri;
location /client/ { }
location = /client/ { }
location ^~ /client/ { }
location ~ ^/client/ { proxy_pass http://a.example.org/x; }
location ~ ^/client/ { proxy_pass http://a.example.org; }
location ~ ( { }
location ~* a(?<n>b) { return 200 $n; }
location @named { return 200; }
location @named { proxy_pass http://a.example.org/x; }
location ~/a { }
location =/a { }
location ! /a { }
location /a /b { }
location { }
location /x { location /y { } }
location /x { location = /x/z { } location = /x/z { } }
location = /x { location /x/y { } }
location @y { location /y { } }
location /x { location @y { } }
if ($host = a) { return 404; }
if ($nosuch) { return 404; }
if ($host) { proxy_set_header X-A b; }
if ($host) { proxy_pass http://a.example.org; }
if ($host) { proxy_pass http://a.example.org/x; }
if ($host ~ ( ) { }
if ($host ~ "(") { }
if $host { }
if (host) { }
if ($host == a) { }
if ($host = a b) { }
if (-f $uri) { }
if (-q $uri) { }
if ($host !~* a) { set $x 1; }
if ( $host = "" ) { break; }
if () { }
limit_except GET { deny all; }
limit_except GETT { deny all; }
limit_except GET { proxy_pass http://a.example.org; }
return;
return 200;
return x;
return 1000;
return 301;
return http://a.example.org;
return 200 $nosuch;
return 404 a b;
rewrite ^/a /b;
rewrite ^/a /b last;
rewrite ^/a /b bogus;
rewrite ( /b;
rewrite ^/(a) $2;
rewrite ^/a;
rewrite ^/a $nosuch;
rewrite ^/a /b last x;
set $x 1;
set x 1;
set $x;
set $host a;
set $args b;
set $x $nosuch;
set $ a;
set $http_x a;
set $arg_k a;
break;
break x;
try_files $uri =404;
try_files $uri;
try_files $uri =x;
try_files $uri =4040;
try_files $uri @nowhere;
try_files $nosuch /x;
error_page 404 /x;
error_page 404;
error_page x /x;
error_page 200 /x;
error_page 600 /x;
error_page 299 /x;
error_page 404 =200 /x;
error_page 404 =x /x;
error_page 404 = @named;
error_page 404 $nosuch;
error_page 404 =200;
server { listen 8081; }
server { listen 8080 default_server; }
server { listen 8080; listen 8080; }
server { listen 127.0.0.1:8080 default_server; } server { listen 127.0.0.1:8080 default_server; }
server { listen 8443 ssl; }
server { listen 99999; }
server { listen x:y; }
server { listen 8081 bogus; }
server { listen 8081 backlog=x; }
server { listen 8081 backlog=5; } server { listen 8081 backlog=6; }
server { listen 8081 http2; }
server { listen unix:; }
server { listen [::]:8081 ipv6only=on; }
server { listen [::]:8081 ipv6only=x; }
server { listen 0; }
server { listen a.invalid:80; }
server { server_name ~( ; }
server { server_name "~("; }
server { server_name *.*.a; }
server { server_name a*b; }
server { server_name ""; }
server { server_name .a *.b c.*; }
server { location / { proxy_pass https://a.example.org; proxy_ssl_verify on; } }
server { location / { proxy_pass https://a.example.org; proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/nginx/no-such-file.pem; } }
server { listen 8443 ssl; ssl_certificate cert.pem; }
server { }
server a { }
server;
server 127.0.0.1:80;
server a.example.org:443 weight=2 max_fails=0 fail_timeout=1s backup;
server a.example.org weight=0;
server a.example.org weight=x;
server a.example.org max_fails=-1;
server a.example.org fail_timeout=x;
server a.example.org max_conns=x;
server a.example.org bogus;
server a.example.org down;
server a.example.org resolve;
server http://a.example.org;
server a.example.org:0;
server a.invalid;
server;
upstream pool { server 127.0.0.1; }
upstream POOL { server 127.0.0.1; }
upstream other { }
upstream other { server 127.0.0.1 backup; }
upstream other { server 127.0.0.1 down; }
upstream other { ip_hash; server 127.0.0.1 backup; server 127.0.0.2; }
upstream other { server 127.0.0.1; keepalive 0; }
upstream other { server 127.0.0.1; keepalive x; }
upstream other { server 127.0.0.1; keepalive 8; hash $uri; }
upstream other { hash $uri; ip_hash; server 127.0.0.1; }
upstream other { hash $nosuch; server 127.0.0.1; }
upstream other { hash $uri bogus; server 127.0.0.1; }
upstream other { random two least_conn; server 127.0.0.1; }
upstream other { random three; server 127.0.0.1; }
upstream other { random two bogus; server 127.0.0.1; }
upstream other { random; random; server 127.0.0.1; }
upstream other { random; server 127.0.0.1 backup; server 127.0.0.2; }
upstream other { least_conn x; server 127.0.0.1; }
upstream other { sticky cookie a; server 127.0.0.1; }
upstream other { zone a 64k; server 127.0.0.1; }
upstream other { zone a; server 127.0.0.1; }
upstream other { zone a 1k; server 127.0.0.1; }
upstream other { proxy_pass http://a.example.org; }
upstream { server 127.0.0.1; }
upstream $host { server 127.0.0.1; }
map $host $m { default 1; }
map $host m { default 1; }
map $host $m { default 1; default 2; }
map $host $m { a 1; a 2; }
map $host $m { a; }
map $host $m { a 1 2; }
map $nosuch $m { a 1; }
map $host $m { a $nosuch; }
map $host $m { "~(" 1; }
map $host $m { hostnames; *.a 1; *.a 2; }
map $host $m { hostnames bogus; }
map $host $m { volatile; a 1; }
map $host $m { include nosuch.conf; }
map $host { a 1; }
map $host $host { a 1; }
map $host $uri { a 1; }
geo $g { default 1; 10.0.0.0/8 2; }
geo $g { default 1; 10.0.0.0/33 2; }
geo $g { default 1; x 2; }
geo $g { 10.0.0.1 2 3; }
geo $nosuch $g { default 1; }
geo $host $g { ranges; 10.0.0.0-10.0.0.9 1; }
geo $host $g { ranges; 10.0.0.9-10.0.0.0 1; }
geo $g { ranges; 10.0.0.0-10.0.0.9 1; 10.0.0.5-10.0.0.20 2; }
geo $g { ranges; 10.0.0.0-10.0.0.9 1; 10.0.0.5-10.0.0.9 2; delete 10.0.0.7-10.0.0.9; }
geo $g { ranges; 0.0.0.0-255.255.255.255 1; }
geo $g { default 1; ranges; }
geo $g { proxy 10.0.0.1; ranges; default 1; }
geo $g { volatile; default 1; }
geo g { default 1; }
geo $g { proxy 10.0.0.0/8; default 1; }
geo $g { proxy x; default 1; }
geo $g { delete 10.0.0.0/8; }
split_clients $host $s { 50% a; * b; }
split_clients $host $s { 60% a; 50% b; }
split_clients $host $s { x% a; }
split_clients $host $s { 0.001% a; }
split_clients $host $s { 50 a; }
split_clients $host $s { 0% a; }
split_clients $host s { * a; }
split_clients $nosuch $s { * a; }
split_clients $host $s { 50% a b; }
types { a/b c; }
types { a/b; }
log_format main "$uri";
log_format two "$nosuch";
log_format x;
log_format combined "$uri";
log_format j escape=json "$uri";
log_format j escape=x "$uri";
access_log off;
access_log /var/log/x.log nosuch;
access_log /var/log/x.log main;
access_log /var/log/x.log main bogus=1;
access_log /var/log/x.log main buffer=x;
access_log /var/log/x.log main if=$nosuch;
access_log syslog:server=127.0.0.1 main;
access_log syslog:bogus=1 main;
error_log /var/log/e.log bogus;
error_log /var/log/e.log warn;
error_log;
include nosuch.conf;
include nosuch-*.conf;
include;
include a b;
resolver 10.0.0.10;
resolver 10.0.0.10 valid=x;
resolver 10.0.0.10 valid=30s ipv6=off;
resolver 10.0.0.10 ipv6=x;
resolver bogus=x;
resolver a.invalid;
resolver_timeout x;
proxy_read_timeout x;
proxy_read_timeout 0;
proxy_read_timeout 1h30m;
proxy_read_timeout 30m1h;
proxy_read_timeout 5ms;
proxy_read_timeout -1;
proxy_connect_timeout 1.5s;
proxy_send_timeout "10 s";
keepalive_timeout 10 x;
keepalive_timeout 65;
send_timeout 1y;
client_max_body_size 1x;
client_max_body_size 10m;
client_max_body_size -1;
client_max_body_size 99999999999999999999;
client_body_buffer_size 8k;
client_body_timeout x;
large_client_header_buffers 4 8k;
large_client_header_buffers 4;
large_client_header_buffers 0 8k;
large_client_header_buffers x 8k;
large_client_header_buffers 4 128;
client_header_buffer_size x;
proxy_buffers 4 8k;
proxy_buffers 1 8k;
proxy_buffer_size 64k;
proxy_buffer_size x;
proxy_busy_buffers_size 1k;
proxy_busy_buffers_size 1m;
proxy_buffering maybe;
proxy_request_buffering off;
proxy_http_version 1.1;
proxy_http_version 2;
proxy_http_version 3;
proxy_method $nosuch;
proxy_set_header Host $nosuch;
proxy_set_header Host;
proxy_set_header Host a b;
proxy_set_header Host $host;
proxy_set_header "" a;
proxy_set_header X-A "${host";
proxy_hide_header X;
proxy_pass_header X;
proxy_next_upstream error bogus;
proxy_next_upstream off;
proxy_ignore_headers X-Accel-Buffering;
proxy_ignore_headers Bogus;
proxy_redirect off;
proxy_redirect default;
proxy_redirect a b;
proxy_redirect a;
proxy_redirect ~( b;
proxy_redirect off x;
proxy_cookie_domain off;
proxy_cookie_domain a;
proxy_cookie_path / /x;
proxy_cookie_flags a secure;
proxy_cookie_flags a bogus;
proxy_bind 127.0.0.1;
proxy_bind x;
proxy_bind 127.0.0.1 bogus;
proxy_ssl_verify on;
proxy_ssl_verify_depth x;
proxy_ssl_name $nosuch;
proxy_ssl_protocols TLSv1.2;
proxy_ssl_protocols TLSv9;
proxy_ssl_server_name yes;
proxy_ssl_certificate nosuch.pem;
proxy_ssl_trusted_certificate nosuch.pem;
proxy_ssl_session_reuse off;
proxy_ssl_ciphers BOGUS;
proxy_ssl_conf_command Bogus x;
proxy_cache nosuch;
proxy_cache off;
proxy_cache_valid 200 x;
proxy_cache_valid x 1m;
proxy_cache_path /var/x keys_zone=z:1m;
proxy_cache_path /var/x;
proxy_cache_path /var/x levels=9 keys_zone=y:1m;
proxy_cache_key $nosuch;
proxy_cache_methods GET BOGUS;
proxy_cache_use_stale bogus;
proxy_temp_path /var/x 1 2 3;
proxy_store on;
ssl_certificate nosuch.pem;
ssl_certificate_key nosuch.pem;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_protocols TLSv9;
ssl_ciphers BOGUS;
ssl_session_cache shared:a:1m;
ssl_session_cache shared:a;
ssl_session_cache bogus;
ssl_session_timeout x;
ssl_verify_client on;
ssl_verify_client maybe;
ssl_prefer_server_ciphers on;
ssl_session_tickets off;
ssl_stapling on;
ssl on;
ssl_dhparam nosuch.pem;
ssl_ecdh_curve bogus;
ssl_buffer_size x;
ssl_early_data on;
http2 on;
http2 maybe;
http2_max_concurrent_streams x;
http3 on;
gzip on;
gzip maybe;
gzip_types text/plain;
gzip_types text/plain text/plain;
gzip_comp_level 10;
gzip_comp_level x;
gzip_min_length x;
gzip_proxied bogus;
gzip_proxied any;
gzip_http_version 2;
gzip_vary on;
add_header X a;
add_header X;
add_header X a bogus;
add_header X $nosuch always;
add_header_inherit merge;
add_header_inherit bogus;
expires 1h;
expires x;
expires modified;
expires @25h;
allow all;
allow 10.0.0.0/33;
allow a.example.org;
deny 10.0.0.1;
deny x;
deny;
satisfy any;
satisfy bogus;
auth_basic "x";
auth_basic_user_file nosuch;
auth_request /auth;
auth_request off;
auth_request_set $x $host;
auth_request_set x $host;
auth_request_set $x $nosuch;
internal;
internal x;
root /x;
root $document_root;
root /x/$nosuch;
root;
alias /x;
alias $nosuch;
index a.html;
index "";
index $nosuch;
autoindex on;
default_type a/b;
charset utf-8;
charset x;
sub_filter a b;
sub_filter a;
sub_filter "" b;
sub_filter_once off;
limit_req zone=nosuch;
limit_req zone=lim burst=5 nodelay;
limit_req zone=lim burst=x;
limit_req burst=5;
limit_req zone=lim bogus;
limit_req_zone $remote_addr zone=lim2:1m rate=1r/s;
limit_req_zone $remote_addr zone=lim3:1m rate=1x;
limit_req_zone $remote_addr zone=lim:1m rate=1r/s;
limit_req_zone $nosuch zone=lim4:1m rate=1r/s;
limit_req_zone $remote_addr zone=lim5 rate=1r/s;
limit_req_zone $remote_addr rate=1r/s;
limit_req_zone $remote_addr zone=lim6:1k;
limit_req_status 399;
limit_req_status 429;
limit_conn nosuch 1;
limit_conn con 0;
limit_conn con x;
limit_conn con 5;
limit_conn_zone $remote_addr zone=con2:1m;
limit_conn_zone $remote_addr;
limit_conn_status 429;
limit_rate x;
limit_rate 1k;
limit_rate_after 1k;
set_real_ip_from 10.0.0.0/8;
set_real_ip_from x.invalid;
set_real_ip_from 10.0.0.0/99;
real_ip_header X-Forwarded-For;
real_ip_recursive on;
mirror /m;
mirror off;
merge_slashes maybe;
underscores_in_headers on;
ignore_invalid_headers off;
server_tokens off;
server_tokens bogus;
server_names_hash_bucket_size 64;
server_names_hash_bucket_size x;
variables_hash_max_size 1024;
types_hash_max_size x;
map_hash_bucket_size 64;
tcp_nodelay on;
sendfile on;
sendfile_max_chunk x;
directio x;
open_file_cache max=10;
open_file_cache off;
open_file_cache bogus;
reset_timedout_connection on;
lingering_close bogus;
absolute_redirect off;
port_in_redirect off;
recursive_error_pages on;
worker_processes 1;
worker_processes auto;
worker_processes x;
worker_connections 100;
worker_connections x;
worker_rlimit_nofile 100;
use epoll;
use bogus;
multi_accept on;
user nosuchuser;
user root;
pid /run/x.pid;
daemon off;
load_module modules/nosuch.so;
env A=b;
events { }
http { }
stub_status;
userid on;
userid bogus;
valid_referers none;
secure_link $arg_k;
empty_gif;
dav_methods PUT;
dav_methods BOGUS;
grpc_pass grpc://a.example.org;
fastcgi_pass 127.0.0.1:9000;
fastcgi_pass http://a;
uwsgi_pass 127.0.0.1:9000;
memcached_pass 127.0.0.1:11211;
fastcgi_param A;
fastcgi_param A b;
keepalive_requests x;
keepalive_requests 100;
chunked_transfer_encoding off;
post_action /x;
js_import a.js;
lua_package_path x;
more_set_headers "A: b";
;
{ }
}
{
`), "\n")
