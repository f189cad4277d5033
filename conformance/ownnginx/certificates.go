package ownnginx

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/nginx"
)

// PlaceCertificates puts certificates in place of the files that a configuration names, whose main file lies in folder. host is the name that
// clients ask for, and authority that of services, as PEM.
func PlaceCertificates(r *realnginx.Rig, tree *nginx.Tree, folder, host string, authority []byte, put func(path string, data []byte) error) error {
	leaf, err := r.CA.Issue(host)
	if err != nil {
		return fmt.Errorf("issue certificate: %w", err)
	}
	trusted := slices.Concat(authority, r.CA.PEM()) // one file may be named by several of them
	files := map[string][]byte{
		"proxy_ssl_trusted_certificate": trusted, "ssl_trusted_certificate": trusted, "ssl_client_certificate": trusted,
		"ssl_certificate": leaf.CertPEM, "ssl_certificate_key": leaf.KeyPEM, "proxy_ssl_certificate": leaf.CertPEM, "proxy_ssl_certificate_key": leaf.KeyPEM,
	}
	var place func(d nginx.Directive) error
	place = func(d nginx.Directive) error {
		for inner := range d.Body() {
			if err := place(inner); err != nil {
				return err
			}
		}
		data, ok := files[d.Name()]
		if !ok || !isPath(d.Value(1)) {
			return nil
		}
		path := d.Value(1)
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path) // ngx_conf_full_name: they begin at the main file
		}
		return put(path, data)
	}
	for d := range tree.Main.Body() {
		if err := place(d); err != nil {
			return err
		}
	}
	return nil
}

// isPath tells a file from what is looked up for each connection and from what engines and stores hold (NGINX src/event/ngx_event_openssl.c).
func isPath(value string) bool {
	if value == "" || strings.Contains(value, "$") {
		return false
	}
	return !slices.ContainsFunc([]string{"engine:", "store:", "data:"}, func(p string) bool { return strings.HasPrefix(value, p) })
}

// maxMoved bounds what is copied of a folder, which is in memory then.
const maxMoved = 64 << 20

// eachFile reads the regular files of a folder.
func eachFile(files fs.FS, each func(name string, text []byte)) error {
	left := int64(maxMoved)
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error { //nolint:wrapcheck // the caller wraps it
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if left -= info.Size(); left < 0 {
			return errors.New("the folder holds more than 64 MB")
		}
		text, err := fs.ReadFile(files, name)
		if err == nil {
			each(name, text)
		}
		return err
	})
}
