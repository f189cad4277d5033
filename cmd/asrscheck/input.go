package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// input are the flags that say what is read and what is known about it; they are the same words in every command.
type input struct {
	as           string
	services     []string
	endpoints    []string
	nginxVersion string
	prefix       string
	varFiles     []string
	includes     []string
	items        bool // whether what the inputs hold is wanted
}

func (in *input) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&in.as, "as", "", "read every input as this `FORMAT` instead of detecting it: "+strings.Join(formatNames(), ", "))
	f.StringArrayVar(&in.services, "service", nil, "`HOST` is an Azure SignalR service although its domain does not say so (repeatable)")
	f.StringVar(&in.nginxVersion, "nginx-version", "", "`VERSION` of NGINX that runs the configuration, such as 1.28.0")
	f.StringVar(&in.prefix, "prefix", "", "the folder that is given lies at `PATH` where NGINX runs, such as /etc/nginx (default: told from the includes)")
	f.StringArrayVar(&in.varFiles, "var-file", nil, "`FILE` has values of Terraform's variables, as for terraform plan (repeatable; the last one counts)")
	f.StringArrayVar(&in.includes, "include", nil, "`FILE` is the rule tree of an include of an Akamai property; ID=FILE where it does not say which one (repeatable)")
	_ = c.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

func (in *input) registerEndpoints(c *cobra.Command) {
	c.Flags().StringArrayVar(&in.endpoints, "client-endpoint", nil, "`URL` that clients use instead of the service's (repeatable; default: derived from the routes)")
}

func formatNames() []string {
	var names []string
	for _, f := range parsers.Formats() {
		names = append(names, f.Name)
	}
	return names
}

var (
	versionForm = regexp.MustCompile(`^\d+(\.\d+){1,2}$`)
	hostForm    = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$`)
)

// validate finds what is wrong with the flags and the paths before anything is done.
func (in *input) validate(paths []string) error {
	if err := validPaths(paths); err != nil {
		return err
	}
	if in.as != "" && parsers.FormatByName(in.as) == nil {
		return fmt.Errorf("--as %s: there is no such format; there are %s", in.as, strings.Join(formatNames(), ", "))
	}
	if in.nginxVersion != "" && !versionForm.MatchString(in.nginxVersion) {
		return fmt.Errorf("--nginx-version %s: write it as nginx -v does, such as 1.28.0", in.nginxVersion)
	}
	if in.prefix != "" && !path.IsAbs(in.prefix) {
		return fmt.Errorf("--prefix %s: give the absolute path of the folder where NGINX runs, such as /etc/nginx", in.prefix)
	}
	for _, host := range in.services {
		if !hostForm.MatchString(host) {
			return fmt.Errorf("--service %s: give a host name, such as signalr.example.com", host)
		}
	}
	return nil
}

func validPaths(paths []string) error {
	stdin := 0
	for _, p := range paths {
		switch p {
		case "":
			return errors.New("an empty path was given")
		case "-":
			stdin++
		}
	}
	if stdin > 1 {
		return errors.New("standard input (-) can be read only once")
	}
	return nil
}

func (in *input) parsedEndpoints() ([]conformance.Endpoint, error) {
	var out []conformance.Endpoint
	for _, text := range in.endpoints {
		e, err := conformance.ParseEndpoint(text)
		if err != nil {
			return nil, fmt.Errorf("--client-endpoint: %w", err)
		}
		out = append(out, e)
	}
	return out, nil
}

// load reads the inputs. The texts that they were read from come with them, for excerpts.
func (s *session) load(in *input, paths []string) (*routing.Estate, reports.Sources) {
	var kept bytes.Buffer
	var estate *routing.Estate
	s.during("reading "+strings.Join(paths, " "), func() {
		estate = parsers.Load(paths, parsers.Options{
			As: in.as, NginxVersion: in.nginxVersion, Prefix: in.prefix, Stdin: io.TeeReader(s.stdin, &kept), VarFiles: in.varFiles, Includes: in.includes, Environment: s.env, Items: in.items,
		})
	})
	return estate, parsers.Sources(estate, kept.Bytes())
}

// absent are the paths that are not there or cannot be opened.
func absent(paths []string) []string {
	var out []string
	for _, p := range paths {
		if p == "-" {
			continue
		}
		f, err := os.Open(p) //nolint:gosec // reading what the user names is what the program is for
		if err != nil {
			out = append(out, p)
			continue
		}
		_ = f.Close() // only opened
	}
	return out
}

// pathsFor is the rule for the arguments of a command that reads inputs.
func pathsFor(command string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s needs a PATH: a file, a folder, or - for standard input", command)
		}
		return nil
	}
}
